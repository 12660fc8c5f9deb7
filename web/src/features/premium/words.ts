import { useLingui } from '@lingui/react/macro';
import type { Plan } from '../../kit/api/types';

/** How long a plan runs at a time, and what that costs (in words already): on the button, and what it means. */
export function usePeriodWords(): (period: Plan['period']) => {
  name: string;
  pay: (cost: string) => string;
  renewing: (cost: string) => string;
} {
  const { t } = useLingui();
  return (period) => {
    switch (period) {
      case 'week':
        return {
          name: t`One week`,
          pay: (cost) => t`Pay ${cost} a week`,
          renewing: (cost) => t`${cost} now, and again every week until you cancel.`,
        };
      case 'month':
        return {
          name: t`One month`,
          pay: (cost) => t`Pay ${cost} a month`,
          renewing: (cost) => t`${cost} now, and again every month until you cancel.`,
        };
      case 'year':
        return {
          name: t`One year`,
          pay: (cost) => t`Pay ${cost} a year`,
          renewing: (cost) => t`${cost} now, and again every year until you cancel.`,
        };
    }
  };
}
