export { parseHuggingFaceToken, putHuggingFaceToken } from './hugging-face-token.ts';
export { planRotation, type Rotation, readApiKey, rotateApiKey } from './rotate-api-key.ts';
