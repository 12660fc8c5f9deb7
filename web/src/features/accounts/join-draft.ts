import type { Gender, OtpSent } from '../../kit/api/types';
import type { BirthDate } from '../../kit/ui';

/** By what one logs in. */
export type SignInBy = 'phone' | 'email' | 'username';

/** What was filled in so far; a reload does not lose it. */
export interface Draft {
  step: 'contact' | 'code' | 'about';
  way: SignInBy;
  phone: string;
  email: string;
  username: string;
  to: string;
  sent: OtpSent | null;
  proof: string | null;
  alias: string;
  birth: BirthDate;
  gender: Gender | '';
  /** What stands in the field; until it was touched, the code of the invitation that led here. */
  invite: string | null;
  communityName: string;
  communitySlug: string | null;
}

export const EMPTY: Draft = {
  step: 'contact',
  way: 'phone',
  phone: '',
  email: '',
  username: '',
  to: '',
  sent: null,
  proof: null,
  alias: '',
  birth: { day: '', month: '', year: '' },
  gender: '',
  invite: null,
  communityName: '',
  communitySlug: null,
};

export interface StepProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
}
