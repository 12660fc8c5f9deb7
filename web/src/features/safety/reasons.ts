import { useLingui } from '@lingui/react/macro';
import type { ReportReason } from '../../kit/api/types';

/** Why somebody is reported, in the order in which it is asked. */
export function useReportReasons(): Record<ReportReason, string> {
  const { t } = useLingui();
  return {
    harassment: t`Insults or harassment`,
    sexual_content: t`Unwanted sexual content`,
    underage: t`Is probably under 18`,
    threat: t`Threat or danger`,
    spam: t`Advertising or fraud`,
    other: t`Something else`,
  };
}
