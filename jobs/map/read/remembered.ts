/**
 * Answers by texts that servers send: of so many texts, and of none that is longer than it should be, whatever they
 * send. So a worker's memory does not grow with its runs. When it is full it begins anew.
 */
export class Remembered<Answer> {
  readonly #answers = new Map<string, Answer>();
  readonly #most: number;
  readonly #longest: number;

  constructor(limits: { readonly most: number; readonly longest: number }) {
    this.#most = limits.most;
    this.#longest = limits.longest;
  }

  get size(): number {
    return this.#answers.size;
  }

  get(text: string): Answer | undefined {
    return this.#answers.get(text);
  }

  set(text: string, answer: Answer): void {
    if (text.length > this.#longest) return;
    if (this.#answers.size >= this.#most) this.#answers.clear();
    this.#answers.set(text, answer);
  }
}
