import { z } from 'zod';

/** Names of things in the network as AWS and DNS write them. */

export const cidrBlock = z.cidrv4();

/** The 16 of `10.42.0.0/16`. */
export function prefixLength(cidr: string): number {
  return Number(cidr.split('/')[1]);
}

export const hostName = z
  .string()
  .regex(
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
    'must be a DNS name such as pixtral.internal.example.com',
  );

export const vpcId = z
  .string()
  .regex(/^vpc-[0-9a-f]{8,17}$/, 'must be the id of a VPC such as vpc-0123456789abcdef0');

export const subnetId = z
  .string()
  .regex(/^subnet-[0-9a-f]{8,17}$/, 'must be the id of a subnet such as subnet-0123456789abcdef0');

export const certificateArn = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
    'must be the ARN of an ACM certificate',
  );
