import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Payment } from '../../kit/api/types';
import { isOpen, paymentQuery } from './data';

const LOOK_AGAIN = 1000;
const PATIENCE = 10_000;

/** The pay page's address; only one that a browser opens as a page. */
export function payPage(payment: Pick<Payment, 'status' | 'checkout_url'> | undefined): string | null {
  if (!payment?.checkout_url || !isOpen(payment)) return null;
  return /^https?:\/\//.test(payment.checkout_url) ? payment.checkout_url : null;
}

/**
 * Leads to the pay page as soon as the provider has opened one for this payment. Whatever else became of the payment
 * meanwhile is told on its own page.
 */
export function useCheckout(paymentId: string | null, onBack: () => void): { slow: boolean } {
  const navigate = useNavigate();
  const [slow, setSlow] = useState(false);
  const { data: payment } = useQuery({
    ...paymentQuery(paymentId ?? ''),
    enabled: paymentId !== null,
    refetchInterval: LOOK_AGAIN,
  });
  const url = paymentId === null ? null : payPage(payment);
  const decided = paymentId !== null && payment !== undefined && !isOpen(payment);

  useEffect(() => {
    if (url !== null) location.assign(url);
  }, [url]);
  useEffect(() => {
    if (decided && paymentId) void navigate({ to: '/wallet/payments/$paymentId', params: { paymentId } });
  }, [decided, paymentId, navigate]);
  useEffect(() => {
    if (paymentId === null) return setSlow(false);
    const timer = setTimeout(setSlow, PATIENCE, true);
    return () => clearTimeout(timer);
  }, [paymentId]);
  useEffect(() => {
    // The browser's own way back shows the page as it was left, still waiting for the pay page.
    const shown = (event: PageTransitionEvent) => event.persisted && onBack();
    addEventListener('pageshow', shown);
    return () => removeEventListener('pageshow', shown);
  }, [onBack]);
  return { slow };
}
