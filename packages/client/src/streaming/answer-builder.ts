import type { ChatChoice, TokenLogprob, Usage } from '../chat/chat-types.ts';
import type { ChatStreamEvent, ToolCallDelta } from './stream-events.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Call = { id: string; type: 'function'; function: { name: string; arguments: string } };

/** A choice as far as it has come. */
interface PartialChoice extends Writable<Omit<ChatChoice, 'toolCalls' | 'logprobs' | 'tokenIds'>> {
  toolCalls: Call[];
  logprobs: TokenLogprob[] | undefined;
  tokenIds: number[] | undefined;
}

/** Puts the events of a stream together into the answer that `chat.create` would have given. */
export class AnswerBuilder {
  usage: Usage | undefined;
  promptTokenIds: readonly number[] | undefined;
  readonly #first: PartialChoice = emptyChoice(0);
  readonly #others = new Map<number, PartialChoice>();
  #finished = 0;

  add(event: ChatStreamEvent): void {
    switch (event.type) {
      case 'text-delta':
        this.#choice(event.index).text += event.text;
        break;
      case 'logprobs': {
        const choice = this.#choice(event.index);
        choice.logprobs ??= [];
        choice.logprobs.push(...event.tokens);
        break;
      }
      case 'token-ids': {
        const choice = this.#choice(event.index);
        choice.tokenIds ??= [];
        choice.tokenIds.push(...event.tokenIds);
        break;
      }
      case 'tool-call-delta':
        addToolCall(this.#choice(event.index).toolCalls, event);
        break;
      case 'finish': {
        const choice = this.#choice(event.index);
        choice.finishReason = event.reason;
        choice.stopReason = event.stopReason;
        this.#finished++;
        break;
      }
      case 'usage':
        this.usage = event.usage;
        break;
      case 'prompt-token-ids':
        this.promptTokenIds = event.tokenIds;
        break;
    }
  }

  /** Text of the first choice so far. */
  get text(): string {
    return this.#first.text;
  }

  /** How many choices are complete. */
  get finished(): number {
    return this.#finished;
  }

  /** In order; the first one is always there. */
  get choices(): readonly [ChatChoice, ...ChatChoice[]] {
    return [this.#first, ...[...this.#others.values()].toSorted((a, b) => a.index - b.index)];
  }

  #choice(index: number): PartialChoice {
    if (index === 0) return this.#first;
    const known = this.#others.get(index);
    if (known) return known;
    const choice = emptyChoice(index);
    this.#others.set(index, choice);
    return choice;
  }
}

function emptyChoice(index: number): PartialChoice {
  return {
    index,
    text: '',
    finishReason: '',
    stopReason: undefined,
    toolCalls: [],
    logprobs: undefined,
    tokenIds: undefined,
  };
}

function addToolCall(calls: Call[], delta: ToolCallDelta): void {
  let call = calls[delta.toolIndex];
  if (!call) {
    call = { id: '', type: 'function', function: { name: '', arguments: '' } };
    calls[delta.toolIndex] = call;
  }
  call.id ||= delta.id ?? '';
  call.function.name ||= delta.name ?? '';
  call.function.arguments += delta.arguments;
}
