import { useSyncExternalStore } from 'react';
import { answer, api } from './api/client';
import { isRefusal } from './api/errors';
import type { components } from './api/schema';
import { forgetTenant } from './api/session';

export type Config = components['schemas']['Config'];

let known: Config | undefined;
let asked: Promise<Config> | null = null;
const listeners = new Set<() => void>();

function listen(changed: () => void): () => void {
  listeners.add(changed);
  return () => listeners.delete(changed);
}
const read = () => known;

/** Where we are: the community, and where its gateway listens. Undefined until the server has said so. */
export const useConfig = (): Config | undefined => useSyncExternalStore(listen, read, read);

export function knowConfig(config: Config): void {
  known = config;
  asked = Promise.resolve(config);
  for (const changed of listeners) changed();
}

/** The same for those who wait. It is asked for once; after a failure the next one asks again. */
export function wantConfig(): Promise<Config> {
  asked ??= ask().then(
    (config) => {
      knowConfig(config);
      return config;
    },
    (error: unknown) => {
      asked = null;
      throw error;
    },
  );
  return asked;
}

async function ask(): Promise<Config> {
  try {
    return await answer(api.GET('/api/config'));
  } catch (error) {
    if (!isRefusal(error, 'unknown_tenant')) throw error;
    forgetTenant();
    return answer(api.GET('/api/config'));
  }
}
