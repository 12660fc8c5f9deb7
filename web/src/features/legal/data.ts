import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '../../kit/api/client';
import type { components } from '../../kit/api/schema';

type Schemas = components['schemas'];

export type LegalKind = Schemas['LegalKind'];
export type LegalText = Schemas['LegalText'];
export type Language = Schemas['Language'];

/** Terms of use and privacy notice, as they are in force now. */
export const legalQuery = (language: Language) =>
  queryOptions({
    queryKey: ['legal', language],
    queryFn: () => answer(api.GET('/api/legal', { params: { query: { language } } })),
  });
