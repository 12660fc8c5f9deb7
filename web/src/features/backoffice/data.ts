import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { useAction } from '../../kit/action';
import { answer, api } from '../../kit/api/client';
import type { components } from '../../kit/api/schema';
import { staffChanged } from '../../kit/staff';
import type { PaymentSearch } from './searches';

type Schemas = components['schemas'];

export type Revenue = Schemas['Revenue'];
export type Ledger = Schemas['Overview'];
export type StaffPayment = Schemas['StaffPayment'];
export type StaffPaymentDetails = Schemas['StaffPaymentDetails'];
export type StaffTransaction = Schemas['StaffTransaction'];
export type TransactionType = Schemas['TransactionType'];
export type StaffPerson = Schemas['StaffPerson'];

/** The last thirty days, unless told otherwise; the community's days. */
export const revenueQuery = (from?: string, to?: string) =>
  queryOptions({
    queryKey: ['staff', 'revenue', from ?? '', to ?? ''],
    queryFn: () => answer(api.GET('/api/staff/revenue', { params: { query: from && to ? { from, to } : {} } })),
  });

export const ledgerQuery = queryOptions({
  queryKey: ['staff', 'ledger'],
  queryFn: () => answer(api.GET('/api/staff/ledger')),
});

/** Of everybody, or of one person. */
export const paymentsQuery = (search: PaymentSearch, user_id = '') =>
  infiniteQueryOptions({
    queryKey: ['staff', 'payments', search, user_id],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/api/staff/payments', {
          params: { query: { ...search, ...(pageParam && { cursor: pageParam }), ...(user_id && { user_id }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });

export const paymentsFile = (search: PaymentSearch) =>
  api.GET('/api/staff/payments/export.csv', { params: { query: search }, parseAs: 'blob' });

export const paymentQuery = (payment_id: string) =>
  queryOptions({
    queryKey: ['staff', 'payment', payment_id],
    queryFn: () => answer(api.GET('/api/staff/payments/{payment_id}', { params: { path: { payment_id } } })),
    // The provider is being asked by the worker; its answer shows by itself.
    refetchInterval: ({ state }) => (state.data?.refunds.some(({ status }) => status === 'asked') ? 1500 : false),
  });

/** One key for each refund that somebody means, kept until it is answered: the same click twice is one refund. */
export function useRefund(payment_id: string) {
  return useAction({
    mutationFn: ({ key, ...body }: { key: string; amount: number | null; reason: string }) =>
      answer(
        api.POST('/api/staff/payments/{payment_id}/refund', {
          params: { path: { payment_id }, header: { 'Idempotency-Key': key } },
          body,
        }),
      ),
    onSettled: staffChanged,
  });
}

export function useRelease(payment_id: string) {
  return useAction({
    mutationFn: (reason: string) =>
      answer(
        api.POST('/api/staff/payments/{payment_id}/release', { params: { path: { payment_id } }, body: { reason } }),
      ),
    onSettled: staffChanged,
  });
}

/** Of everybody, or of one person: whatever touched an account of theirs. */
export const transactionsQuery = (type: TransactionType | '', user_id = '') =>
  infiniteQueryOptions({
    queryKey: ['staff', 'transactions', type, user_id],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/api/staff/transactions', {
          params: {
            query: { ...(pageParam && { cursor: pageParam }), ...(type && { type }), ...(user_id && { user_id }) },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** By how the name of their real face begins. */
export const peopleQuery = (name: string) =>
  queryOptions({
    queryKey: ['staff', 'people', name],
    queryFn: () => answer(api.GET('/api/staff/people', { params: { query: { name } } })),
    enabled: name.trim() !== '',
    placeholderData: keepPreviousData,
  });

export const memberQuery = (user_id: string) =>
  queryOptions({
    queryKey: ['staff', 'person', user_id],
    queryFn: () => answer(api.GET('/api/staff/people/{user_id}', { params: { path: { user_id } } })),
  });

/** One key for each time that somebody means it: the same click twice moves coins once. */
export function useAdjust(user_id: string) {
  return useAction({
    mutationFn: ({ key, ...body }: { key: string } & Schemas['AdjustCoinsRequest']) =>
      answer(
        api.POST('/api/staff/wallets/{user_id}/adjust', {
          params: { path: { user_id }, header: { 'Idempotency-Key': key } },
          body,
        }),
      ),
    onSettled: staffChanged,
  });
}
