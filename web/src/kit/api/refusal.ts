import { Refused } from './errors';
import { wantRefusalWords } from './words';

/** Reads a refusal out of an answer, whatever stood between us and the server; its words are there with it. */
export async function refusalOf(response: Response): Promise<Refused> {
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const body: unknown = isJson ? await response.json().catch(() => null) : null;
  const problem = body && typeof body === 'object' ? (body as Record<string, unknown>) : {};
  const code = typeof problem.code === 'string' ? problem.code : response.status >= 500 ? 'server_error' : 'unknown';
  await wantRefusalWords(code);
  return new Refused(code, response.status, problem);
}
