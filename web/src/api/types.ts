export type Face = 'real' | 'shadow';
export type Role = 'user' | 'creator' | 'moderator' | 'admin' | 'owner';
export type Language = 'tr' | 'en';
export type OtpChannel = 'sms' | 'email';
export type OtpPurpose = 'register' | 'login' | 'reset' | 'verify';

export interface Tenant {
  slug: string;
  name: string;
}
export interface Config {
  tenant: Tenant;
  realtime_url: string;
  sign_in: string[];
  minimum_age: number;
  languages: string[];
  default_language: string;
  message_hours: number;
  claim_minutes: number;
  local_twin: boolean;
}
export interface Profile {
  id: string;
  face: Face;
  alias: string;
  tag: string;
  bio: string;
  gender?: string | null;
  interests: string[];
  languages: string[];
  avatar_seed: string;
  age?: number | null;
  created_at: string;
}
export interface PublicProfile {
  id: string;
  alias: string;
  tag: string;
  bio: string;
  gender?: string | null;
  interests: string[];
  age?: number | null;
  avatar_seed: string;
}
export interface Me {
  user_id: string;
  role: Role;
  language: Language;
  phone?: string | null;
  email?: string | null;
  username?: string | null;
  verified: boolean;
  birth_date: string;
  profile: Profile;
  faces: { face: Face; profile: Profile }[];
  invite_code: string;
  tenant: Tenant;
  created_at: string;
}
export interface Session {
  access_token: string;
  expires_at: string;
  me: Me;
}
export interface OtpSent {
  expires_at: string;
  resend_at: string;
}
export interface Proof {
  proof: string;
  expires_at: string;
}
export interface Device {
  id: string;
  name: string;
}
export interface Register {
  proof?: string;
  username?: string;
  password: string;
  alias: string;
  birth_date: string;
  gender?: string;
  language: Language;
  invite_code?: string;
  device: Device;
  community?: { name: string; slug: string };
}
export interface LogIn {
  identifier: string;
  password?: string;
  proof?: string;
  device: Device;
}
export interface ProfileChange {
  alias?: string;
  bio?: string;
  gender?: string | null;
  interests?: string[];
  language?: Language;
  latitude?: number;
  longitude?: number;
}
export interface SessionItem {
  id: string;
  device_name: string;
  device_id: string;
  current: boolean;
  created_at: string;
  last_seen_at: string;
  country?: string | null;
  address_hint: string;
}
export interface DeviceItem {
  id: string;
  name: string;
  created_at: string;
  last_seen_at: string;
}
export interface Right {
  left: number;
  limit: number;
  resets_at: string;
}
export interface Wishes {
  language?: string | null;
  max_distance_km?: number | null;
  interests?: string[] | null;
}
export interface Ticket {
  id: string;
  type: string;
  since: string;
  wishes: Wishes;
  widened: boolean;
}
export interface Claim {
  id: string;
  match_id: string;
  status: 'pending' | 'approved' | 'rejected';
  reason?: string | null;
  created_at: string;
  decided_at?: string | null;
}
export interface Match {
  id: string;
  type: string;
  status: 'active' | 'expired' | 'cancelled' | 'completed';
  conversation_id: string;
  stranger: PublicProfile;
  shared_interests: string[];
  created_at: string;
  expires_at: string;
  ended_at?: string | null;
  claim?: Claim | null;
  claim_opens_at: string;
  stranger_wrote: boolean;
}
export interface MeetingState {
  server_now: string;
  rights: { text: Right };
  ticket?: Ticket | null;
  match?: Match | null;
  waiting_about: number;
}
export interface Page<Item> {
  items: Item[];
  next?: string | null;
}
export interface Block {
  id: string;
  profile: { id: string; alias: string; tag: string; avatar_seed: string };
  created_at: string;
}
export type ReportReason = 'harassment' | 'sexual_content' | 'underage' | 'spam' | 'threat' | 'other';
export interface Report {
  id: string;
  reason: ReportReason;
  created_at: string;
}
export interface Invite {
  code: string;
  link: string;
  invited: number;
  rewarded: number;
  reward: number;
}
export interface Notification {
  id: string;
  kind: 'system' | 'match' | 'claim' | 'ad';
  code: string;
  data: Record<string, unknown>;
  created_at: string;
  read_at?: string | null;
}
export interface Notifications extends Page<Notification> {
  unread: number;
}
export interface Conversation {
  id: string;
  match_id: string;
  peer: PublicProfile;
  me_profile_id: string;
  opener: boolean;
  epoch: number;
  last_seq: number;
  read_seq: number;
  peer_delivered_seq: number;
  peer_read_seq: number;
  unread: number;
  created_at: string;
  expires_at: string;
  closed_at?: string | null;
  presence: { online: boolean; last_seen_at?: string | null };
  grant: string;
  grant_expires_at: string;
}
