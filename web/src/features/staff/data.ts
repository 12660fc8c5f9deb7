import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import type { components } from '../../api/schema';
import { useAction } from '../../app/action';
import { queryClient } from '../../app/queries';
import type { Language, LegalKind } from '../legal/data';

type Schemas = components['schemas'];

export type Revenue = Schemas['Revenue'];
export type Ledger = Schemas['Overview'];
export type StaffPayment = Schemas['StaffPayment'];
export type StaffPaymentDetails = Schemas['StaffPaymentDetails'];
export type PaymentStatus = Schemas['PaymentStatus'];
export type StaffTransaction = Schemas['StaffTransaction'];
export type TransactionType = Schemas['TransactionType'];
export type FraudCase = Schemas['Case'];
export type Finding = Schemas['Finding'];
export type CaseStatus = Schemas['CaseStatus'];
export type Difference = Schemas['Difference'];
export type ReconciliationRun = Schemas['Run'];
export type Choice = Schemas['Choice'];
export type Person = Schemas['Person'];
export type StaffPerson = Schemas['StaffPerson'];
export type ReportCase = Schemas['ReportCase'];
export type ReportQueue = Schemas['CaseQueue'];
export type PersonBan = Schemas['PersonBan'];
export type FraudRules = Schemas['FraudRules'];
export type Operator = Schemas['Operator'];
export type StaffLegalText = Schemas['StaffLegalText'];

// No frame tells staff what members or colleagues did: whoever comes to a page sees what is so now.
queryClient.setQueryDefaults(['staff'], { staleTime: 0 });

/** Everything staff see is asked anew after they did something. */
const changed = () => void queryClient.invalidateQueries({ queryKey: ['staff'] });

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
export const paymentsQuery = (status: PaymentStatus | '', user_id = '') =>
  infiniteQueryOptions({
    queryKey: ['staff', 'payments', status, user_id],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/api/staff/payments', {
          params: {
            query: { ...(pageParam && { cursor: pageParam }), ...(status && { status }), ...(user_id && { user_id }) },
          },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });

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
    onSettled: changed,
  });
}

export function useRelease(payment_id: string) {
  return useAction({
    mutationFn: (reason: string) =>
      answer(
        api.POST('/api/staff/payments/{payment_id}/release', { params: { path: { payment_id } }, body: { reason } }),
      ),
    onSettled: changed,
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

export const casesQuery = (status: CaseStatus) =>
  infiniteQueryOptions({
    queryKey: ['staff', 'fraud', status],
    queryFn: ({ pageParam }) =>
      answer(api.GET('/api/staff/fraud', { params: { query: { status, ...(pageParam && { cursor: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });

export function useDecide(case_id: string) {
  return useAction({
    mutationFn: (body: { decision: Choice; note: string }) =>
      answer(api.POST('/api/staff/fraud/{case_id}/decide', { params: { path: { case_id } }, body })),
    onSettled: changed,
  });
}

export const reportCasesQuery = (queue: ReportQueue) =>
  infiniteQueryOptions({
    queryKey: ['staff', 'reports', queue],
    queryFn: ({ pageParam }) =>
      answer(api.GET('/api/staff/reports', { params: { query: { queue, ...(pageParam && { cursor: pageParam }) } } })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });

export function useDecideReportCase(case_id: string) {
  return useAction({
    mutationFn: (body: Schemas['DecideReportCaseRequest']) =>
      answer(api.POST('/api/staff/reports/{case_id}/decide', { params: { path: { case_id } }, body })),
    onSettled: changed,
  });
}

export function useLiftBan(ban_id: string) {
  return useAction({
    mutationFn: (reason: string) =>
      answer(api.POST('/api/staff/bans/{ban_id}/lift', { params: { path: { ban_id } }, body: { reason } })),
    onSettled: changed,
  });
}

export const rulesQuery = queryOptions({
  queryKey: ['staff', 'fraud', 'rules'],
  queryFn: () => answer(api.GET('/api/staff/fraud/rules')),
});

export function useChangeRules() {
  return useAction({
    mutationFn: (changes: FraudRules['settings']) => answer(api.PUT('/api/staff/fraud/rules', { body: { changes } })),
    onSuccess: (rules) => queryClient.setQueryData(rulesQuery.queryKey, rules),
  });
}

export const operatorQuery = queryOptions({
  queryKey: ['staff', 'operator'],
  queryFn: () => answer(api.GET('/api/staff/legal/operator')),
});

const legalChanged = () => queryClient.invalidateQueries({ queryKey: ['legal'] });

export function useChangeOperator() {
  return useAction({
    mutationFn: (body: Operator) => answer(api.PUT('/api/staff/legal/operator', { body })),
    onSuccess: () => {
      changed(); // the delivered texts name the operator
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

export function useFreeze(user_id: string) {
  return useAction({
    mutationFn: (reason: string) =>
      answer(api.POST('/api/staff/wallets/{user_id}/freeze', { params: { path: { user_id } }, body: { reason } })),
    onSettled: changed,
  });
}

export function useThaw(user_id: string) {
  return useAction({
    mutationFn: () => answer(api.POST('/api/staff/wallets/{user_id}/thaw', { params: { path: { user_id } } })),
    onSettled: changed,
  });
}

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
    onSettled: changed,
  });
}

export const reconciliationQuery = queryOptions({
  queryKey: ['staff', 'reconciliation'],
  queryFn: () => answer(api.GET('/api/staff/reconciliation')),
});

export function useReconcile() {
  return useAction({
    mutationFn: () => answer(api.POST('/api/staff/reconciliation/run')),
    // It runs in the worker: look again when it is likely to be through.
    onSuccess: () => void setTimeout(changed, 2500),
  });
}

export function useExplain() {
  return useAction({
    mutationFn: ({ id, note }: { id: string; note: string }) =>
      answer(
        api.PUT('/api/staff/reconciliation/differences/{difference_id}', {
          params: { path: { difference_id: id } },
          body: { note },
        }),
      ),
    onSettled: changed,
  });
}

export const packagesQuery = queryOptions({
  queryKey: ['staff', 'packages'],
  queryFn: () => answer(api.GET('/api/staff/packages')),
});

export const plansQuery = queryOptions({
  queryKey: ['staff', 'plans'],
  queryFn: () => answer(api.GET('/api/staff/plans')),
});

export const giftsQuery = queryOptions({
  queryKey: ['staff', 'gifts'],
  queryFn: () => answer(api.GET('/api/staff/gifts')),
});

export const providersQuery = queryOptions({
  queryKey: ['staff', 'providers'],
  queryFn: () => answer(api.GET('/api/staff/providers')),
});

/** The member's pages show the same things for sale. */
const shopChanged = () => {
  for (const key of ['staff', 'shop', 'premium', 'gifts']) void queryClient.invalidateQueries({ queryKey: [key] });
};

/** A new one without an id; else what is said of it is replaced. */
export function usePutPackage() {
  return useAction({
    mutationFn: ({ id, wish }: { id: string | null; wish: Schemas['PutPackageRequest'] }) =>
      id
        ? answer(api.PUT('/api/staff/packages/{package_id}', { params: { path: { package_id: id } }, body: wish }))
        : answer(api.POST('/api/staff/packages', { body: wish })),
    onSettled: shopChanged,
  });
}

export function usePutPlan() {
  return useAction({
    mutationFn: ({ id, wish }: { id: string | null; wish: Schemas['PutPlanRequest'] }) =>
      id
        ? answer(api.PUT('/api/staff/plans/{plan_id}', { params: { path: { plan_id: id } }, body: wish }))
        : answer(api.POST('/api/staff/plans', { body: wish })),
    onSettled: shopChanged,
  });
}

export function useChangeGift() {
  return useAction({
    mutationFn: ({ id, change }: { id: string; change: Schemas['ChangeGiftRequest'] }) =>
      answer(api.PUT('/api/staff/gifts/{gift_id}', { params: { path: { gift_id: id } }, body: change })),
    onSettled: shopChanged,
  });
}
