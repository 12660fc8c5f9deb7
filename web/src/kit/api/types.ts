/** The server's words, out of its own OpenAPI document (`npm run api`), under the names that the pages use. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Me = Schemas['Me'];
export type Session = Schemas['Session'];
export type Profile = Schemas['Profile'];
export type PublicProfile = Schemas['PublicProfile'];
export type ChangeProfileRequest = Schemas['ChangeProfileRequest'];
export type Face = Schemas['Face'];
export type Gender = Schemas['Gender'];
export type Language = Schemas['Language'];
export type Scene = Schemas['Scene'];
export type OtpChannel = Schemas['Channel'];
export type OtpPurpose = Schemas['Purpose'];
export type RequireVerified = Schemas['RequireVerified'];
export type OtpSent = Schemas['OtpSent'];
export type RegisterUserRequest = Schemas['RegisterUserRequest'];
export type LogInRequest = Schemas['LogInRequest'];
export type Passkey = Schemas['Passkey'];
export type PasskeyPlace = Schemas['PasskeyPlace'];
export type NewCredential = Schemas['NewCredential'];
export type Assertion = Schemas['Assertion'];

export type MeetingState = Schemas['State'];
export type Ticket = Schemas['Ticket'];
export type Criteria = Schemas['Criteria'];
export type Match = Schemas['Match'];
export type MatchPage = Schemas['MatchPage'];
export type Claim = Schemas['Claim'];
export type ClaimPage = Schemas['ClaimPage'];

export type Conversation = Schemas['Conversation'];
export type WireMessage = Schemas['Message'];

export type BlockPage = Schemas['BlockPage'];
export type BlockScope = Schemas['BlockScope'];
export type ReportReason = Schemas['ReportReason'];
export type Notification = Schemas['Notification'];
export type NotificationPage = Schemas['NotificationPage'];
export type PushKind = Schemas['PushKind'];
export type PushPreferences = Schemas['ChangePreferencesRequest'];
export type PushSettings = Schemas['PushSettings'];

export type Wallet = Schemas['Wallet'];
export type HistoryItem = Schemas['HistoryItem'];
export type Earnings = Schemas['Earnings'];
export type CoinPackage = Schemas['CoinPackage'];
export type Payment = Schemas['Payment'];
export type PaymentStatus = Schemas['PaymentStatus'];
export type PaymentMethod = Schemas['PaymentMethod'];
export type Premium = Schemas['Premium'];
export type Plan = Schemas['Plan'];
export type Subscription = Schemas['Subscription'];
export type Gift = Schemas['Gift'];
export type GiftLine = Schemas['GiftLine'];
export type GiftReceived = Schemas['GiftReceived'];
