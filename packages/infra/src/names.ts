/** Prefix, in the bucket, of the boot reports that instances write; verification and operators read them. */
export const BOOT_REPORT_PREFIX = 'boot-reports/';

/** Prefix, in the bucket, of the templates that were deployed: what `pixtral rollback` goes back to. */
export const DEPLOYMENT_PREFIX = 'deployments/';
