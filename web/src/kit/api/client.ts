import createClient from 'openapi-fetch';
import { learnServerTime } from '../clock';
import { NoAnswer } from './errors';
import { refusalOf } from './refusal';
import type { paths } from './schema';
import { refresh, tenantHeader, useSession } from './session';

/** A network that swallows a request is no better than none. */
const ANSWER_WITHIN = 30_000;

/** Sends with the access token; when that has run out, once more with a fresh one. */
async function send(request: Request): Promise<Response> {
  for (const [name, value] of Object.entries(tenantHeader())) request.headers.set(name, value);
  request.headers.set('X-Meydan', '1');
  const { token } = useSession.getState();
  const again = request.clone();
  const response = await attempt(request, token);
  if (response.status !== 401 || !token) return response;
  const fresh = await refresh(token);
  return fresh ? attempt(again, fresh) : response;
}

async function attempt(request: Request, token: string | null): Promise<Response> {
  if (token) request.headers.set('Authorization', `Bearer ${token}`);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(ANSWER_WITHIN) });
    learnServerTime(response);
    return response;
  } catch (cause) {
    throw new NoAnswer(cause);
  }
}

/** Every request of the product, typed by the server's own OpenAPI document. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: send });

/** The body of an answer, or the refusal as an error. */
export async function answer<Data>(
  call: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Exclude<Data, undefined>> {
  const { data, error, response } = await call;
  if (response.ok) return data as Exclude<Data, undefined>;
  const headers = { 'content-type': 'application/problem+json' };
  throw await refusalOf(new Response(JSON.stringify(error ?? {}), { status: response.status, headers }));
}
