import { browserKey } from '../../kit/api/browser-key';
import { answer, api } from '../../kit/api/client';
import { thisDevice } from '../../kit/api/device';
import { adopt } from '../../kit/api/session';
import type {
  LogInRequest,
  OtpChannel,
  OtpPurpose,
  OtpSent,
  RegisterUserRequest,
  RequireVerified,
} from '../../kit/api/types';
import { useConfig } from '../../kit/config';
import { rememberedLanguage } from '../../kit/language';
import { cleaned, kindOf } from './identifier';
import { withPuzzle } from './puzzle';
import type { SecondFactorWanted } from './second-factor';

/** What this square wants proved before one meets anybody; `me.verified` says whether it is. */
export function useWanted(): RequireVerified {
  return useConfig()?.require_verified ?? 'phone';
}

const sendOtp = (body: { channel: OtpChannel; to: string; purpose: OtpPurpose }) =>
  withPuzzle((puzzle) =>
    answer(
      api.POST('/api/auth/send-otp', {
        body: { ...body, client_device_id: thisDevice().id, language: rememberedLanguage(), puzzle },
      }),
    ),
  );
/** Asks for a code; the answer is the same whether there is an account or not. */
export function sendCode(purpose: OtpPurpose, to: string): Promise<OtpSent> {
  return sendOtp({ channel: kindOf(to) === 'email' ? 'email' : 'sms', to: cleaned(to), purpose });
}

export const verifyOtp = (body: { to: string; code: string; purpose: OtpPurpose }) =>
  answer(api.POST('/api/auth/verify-otp', { body }));

/** What the server learns of this browser when a session begins here. */
export const thisBrowser = async () => ({ device: thisDevice(), browser_key: await browserKey() });

export async function register(body: Omit<RegisterUserRequest, 'device' | 'browser_key'>): Promise<void> {
  adopt(await answer(api.POST('/api/auth/register', { body: { ...body, ...(await thisBrowser()) } })));
}

/** Opens a session, or says that a second factor is still to come. */
export async function logIn(
  body: Omit<LogInRequest, 'device' | 'browser_key' | 'puzzle'>,
): Promise<SecondFactorWanted | null> {
  const browser = await thisBrowser();
  const outcome = await withPuzzle((puzzle) =>
    answer(api.POST('/api/auth/login', { body: { ...body, ...browser, puzzle } })),
  );
  if ('challenge' in outcome) return outcome;
  adopt(outcome);
  return null;
}

export const resetPassword = (body: { proof: string; password: string }) =>
  answer(api.POST('/api/auth/reset-password', { body }));
