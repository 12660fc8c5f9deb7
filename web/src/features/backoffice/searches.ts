import type { components } from '../../kit/api/schema';
import { type ListSearch, listSearch } from '../../kit/list-search';

type Schemas = components['schemas'];

const payments = {
  sort: ['created_at', 'amount'],
  status: ['paid', 'held', 'pending', 'failed', 'expired', 'partly_refunded', 'refunded', 'disputed', 'charged_back'],
  provider: ['stripe', 'iyzico', 'apple', 'google', 'revenuecat', 'local'],
} as const satisfies {
  sort: Schemas['PaymentSort'][];
  status: Schemas['PaymentStatus'][];
  provider: Schemas['ProviderName'][];
};

export type PaymentSearch = ListSearch<typeof payments>;
export const paymentFields = payments;
export const paymentSearch = listSearch(payments);
