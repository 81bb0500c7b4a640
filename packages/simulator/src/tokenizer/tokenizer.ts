/** Turns text into tokens and back. */
export interface Tokenizer {
  /** Token ids, without any that control the model. */
  encode(text: string): readonly number[];
  /** The bytes of a token; nothing for an id that is not known, the name for one that controls the model. */
  bytesOf(id: number): Uint8Array;
}

/** Ids that control the model in Tekken v3 (mistral-common's `SpecialTokens`; seen in recordings 011, 114, 260). */
export const CONTROL = {
  beginOfText: 1,
  endOfText: 2,
  beginInstruction: 3,
  endInstruction: 4,
  beginTools: 5,
  endTools: 6,
  beginToolResults: 7,
  endToolResults: 8,
  image: 10,
  imageBreak: 12,
  imageEnd: 13,
} as const;

/** Ids below this control the model (`default_num_special_tokens` of tekken.json). */
export const CONTROL_TOKENS = 1_000;

/** `default_vocab_size` of tekken.json; larger ids are refused (recorded 348). */
export const VOCABULARY_SIZE = 131_072;

const NAMES: readonly string[] = [
  ...['<unk>', '<s>', '</s>', '[INST]', '[/INST]', '[AVAILABLE_TOOLS]', '[/AVAILABLE_TOOLS]'],
  ...['[TOOL_RESULTS]', '[/TOOL_RESULTS]', '[TOOL_CALLS]', '[IMG]', '<pad>', '[IMG_BREAK]', '[IMG_END]'],
];

/** How an id below `CONTROL_TOKENS` is written (recorded 012, 111). */
export function controlName(id: number): string {
  return NAMES[id] ?? `<SPECIAL_${id}>`;
}
