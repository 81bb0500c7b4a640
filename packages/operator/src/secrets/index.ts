export { parseHuggingFaceToken, putHuggingFaceToken } from './hugging-face-token.ts';
export { planRotation, type Rotation, rotateApiKey } from './rotate-api-key.ts';
