/** What the API answered, or the error that says under which code it refused. */
interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[] | undefined;
}

export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Answer<T> {
  readonly data?: T | undefined;
  readonly error?: unknown;
  readonly response: Response;
}

export function answered<T>(answer: Answer<T>): T {
  accepted(answer);
  if (answer.data !== undefined) return answer.data;
  throw new Refused('no-answer', `The server answered ${answer.response.status} with nothing.`);
}

/** For answers that have no body. */
export function accepted({ error, response }: Answer<unknown>): void {
  if (response.ok) return;
  if (!isRefusal(error)) {
    throw new Refused(
      `http-${response.status}`,
      `The answer was ${response.status} and no problem of this API. Expected the address of its server, with nothing that answers in its place.`,
    );
  }
  const { code, detail, errors = [] } = error;
  const each = errors.length > 1 ? errors.map(({ path, message }) => `\n  ${path}: ${message}`) : [];
  throw new Refused(code, `${detail}${each.join('')}`);
}

function isRefusal(error: unknown): error is Refusal {
  return (
    typeof error === 'object' &&
    error !== null &&
    typeof Reflect.get(error, 'code') === 'string' &&
    typeof Reflect.get(error, 'detail') === 'string'
  );
}
