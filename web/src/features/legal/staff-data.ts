import { queryOptions } from '@tanstack/react-query';
import { useAction } from '../../kit/action';
import { answer, api } from '../../kit/api/client';
import type { components } from '../../kit/api/schema';
import { queryClient } from '../../kit/queries';
import { staffChanged } from '../../kit/staff';
import type { Language, LegalKind } from './data';

type Schemas = components['schemas'];

export type Operator = Schemas['Operator'];
export type StaffLegalText = Schemas['StaffLegalText'];

export const operatorQuery = queryOptions({
  queryKey: ['staff', 'operator'],
  queryFn: () => answer(api.GET('/api/staff/legal/operator')),
});

const legalChanged = () => queryClient.invalidateQueries({ queryKey: ['legal'] });

export function useChangeOperator() {
  return useAction({
    mutationFn: (body: Operator) => answer(api.PUT('/api/staff/legal/operator', { body })),
    onSuccess: () => {
      staffChanged(); // the delivered texts name the operator
      void legalChanged();
    },
  });
}

export const legalTextQuery = (kind: LegalKind, language: Language) =>
  queryOptions({
    queryKey: ['staff', 'legal', kind, language],
    queryFn: () =>
      answer(api.GET('/api/staff/legal/texts/{kind}', { params: { path: { kind }, query: { language } } })),
  });

export function usePublishLegalText() {
  return useAction({
    mutationFn: ({
      kind,
      language,
      ...body
    }: {
      kind: LegalKind;
      language: Language;
      body: string;
      instead_of: string;
    }) => answer(api.PUT('/api/staff/legal/texts/{kind}', { params: { path: { kind }, query: { language } }, body })),
    onSuccess: (text) => {
      queryClient.setQueryData(legalTextQuery(text.current.kind, text.current.language).queryKey, text);
      void legalChanged();
    },
  });
}
