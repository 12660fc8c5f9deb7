/** The server answered and refused: RFC 9457, with a stable code that words.ts puts into words. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly problem: Record<string, unknown>,
  ) {
    super(code);
    this.name = 'Refused';
  }

  /** A member of the problem that is a text (a date, an id). */
  text(member: string): string | undefined {
    const value = this.problem[member];
    return typeof value === 'string' ? value : undefined;
  }

  /** A member that is a list of texts. */
  texts(member: string): string[] {
    const value = this.problem[member];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }

  number(member: string): number | undefined {
    const value = this.problem[member];
    return typeof value === 'number' ? value : undefined;
  }
}

/** No answer came: nobody knows whether the server acted. */
export class NoAnswer extends Error {
  constructor(cause: unknown) {
    super('no answer', { cause });
    this.name = 'NoAnswer';
  }
}

export function isRefusal(error: unknown, ...codes: string[]): error is Refused {
  return error instanceof Refused && (codes.length === 0 || codes.includes(error.code));
}
