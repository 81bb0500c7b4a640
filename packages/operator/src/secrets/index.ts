export { parseHuggingFaceToken, putHuggingFaceToken } from './hugging-face-token.ts';
export { addKey, type KeyDescription, listKeys, revokeKey } from './named-keys.ts';
export { planRotation, type Rotation, readApiKey, rotateApiKey } from './rotate-api-key.ts';
