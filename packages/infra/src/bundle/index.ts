export { atomicLibrary } from './atomic-library.ts';
export { BUNDLE_BANNER } from './bundle-agent.ts';
export { type BundleFileOptions, bundleFile } from './bundle-file.ts';
