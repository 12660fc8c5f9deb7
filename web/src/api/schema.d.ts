import type * as M from '../crypto/server';
import type * as T from './types';

type Answer<Status extends number, Body> = {
  [status in Status]: { headers: Record<string, unknown>; content: { 'application/json': Body } };
};
type Nothing = { 204: { headers: Record<string, unknown>; content?: never } };
interface Plain<Response, Query = never> {
  parameters: { query?: Query; path?: never; header?: never; cookie?: never };
  requestBody?: never;
  responses: Answer<200, Response>;
}
interface Send<Body, Responses, Path = never> {
  parameters: [Path] extends [never]
    ? { query?: never; path?: never; header?: never; cookie?: never }
    : { query?: never; path: Path; header?: never; cookie?: never };
  requestBody: { content: { 'application/json': Body } };
  responses: Responses;
}
interface Act<Responses, Path = never> {
  parameters: [Path] extends [never]
    ? { query?: never; path?: never; header?: never; cookie?: never }
    : { query?: never; path: Path; header?: never; cookie?: never };
  requestBody?: never;
  responses: Responses;
}
type Cursor = { cursor?: string; limit?: number };

export interface paths {
  '/api/config': { get: Plain<T.Config> };
  '/api/auth/send-otp': {
    post: Send<{ channel: T.OtpChannel; to: string; purpose: T.OtpPurpose }, Answer<202, T.OtpSent>>;
  };
  '/api/auth/verify-otp': {
    post: Send<{ to: string; code: string; purpose: T.OtpPurpose }, Answer<200, T.Proof>>;
  };
  '/api/auth/register': { post: Send<T.Register, Answer<201, T.Session>> };
  '/api/auth/login': { post: Send<T.LogIn, Answer<200, T.Session>> };
  '/api/auth/logout': { post: Send<{ all?: boolean }, Nothing> };
  '/api/auth/profile': { get: Plain<T.Me> };
  '/api/users/profile': { put: Send<T.ProfileChange, Answer<200, T.Me>> };
  '/api/auth/face': { post: Send<{ face: T.Face }, Answer<200, T.Session>> };
  '/api/auth/shadow': { post: Send<{ alias: string }, Answer<200, T.Me>> };
  '/api/auth/alias-suggestions': {
    get: Plain<{ alias: string; suggestions: { alias: string; tag: string }[] }, { alias: string }>;
  };
  '/api/auth/sessions': { get: Plain<T.SessionItem[]> };
  '/api/auth/sessions/{session_id}': { delete: Act<Nothing, { session_id: string }> };
  '/api/auth/devices': { get: Plain<T.DeviceItem[]> };
  '/api/auth/devices/{device_id}': { delete: Act<Nothing, { device_id: string }> };
  '/api/auth/password': { post: Send<{ current: string; new: string }, Nothing> };
  '/api/auth/reset-password': { post: Send<{ proof: string; password: string }, Nothing> };
  '/api/auth/verify': { post: Send<{ proof: string }, Answer<200, T.Me>> };
  '/api/users/export': { get: Plain<Record<string, unknown>> };
  '/api/users/erase': { post: Send<{ password: string }, Nothing> };
  '/api/match/state': { get: Plain<T.MeetingState> };
  '/api/match/join': {
    post: Send<{ type: 'text'; ticket_id?: string; wishes?: T.Wishes }, Answer<200, T.MeetingState>>;
  };
  '/api/match/widen': { post: Act<Answer<200, T.MeetingState>> };
  '/api/match/leave': { post: Send<{ match_id?: string }, Answer<200, T.MeetingState>> };
  '/api/match/next': { post: Send<{ match_id: string; ticket_id?: string }, Answer<200, T.MeetingState>> };
  '/api/match/history': { get: Plain<T.Page<T.Match>, Cursor> };
  '/api/match/{match_id}/claim': { post: Act<Answer<201, T.Claim>, { match_id: string }> };
  '/api/match/claims': { get: Plain<T.Page<T.Claim>, Cursor> };
  '/api/messages/conversations': { get: Plain<T.Page<T.Conversation>> };
  '/api/messages/send': { post: Send<M.NewMessage, Answer<201, M.WireMessage>> };
  '/api/messages/{conversation_id}': {
    get: {
      parameters: {
        query?: { after?: number; before?: number; limit?: number };
        path: { conversation_id: string };
        header?: never;
        cookie?: never;
      };
      requestBody?: never;
      responses: Answer<200, { items: M.WireMessage[]; next: number | null }>;
    };
  };
  '/api/messages/{conversation_id}/claim-keys': {
    post: Act<Answer<201, { packages: M.ClaimedPackage[] }>, { conversation_id: string }>;
  };
  '/api/messages/{conversation_id}/delivered': { post: Send<{ seq: number }, Nothing, { conversation_id: string }> };
  '/api/messages/{message_id}/read': { put: Act<Nothing, { message_id: string }> };
  '/api/messages/key-packages': {
    put: Send<{ packages: string[]; replace: boolean }, Answer<200, { left: number; device_id: string }>>;
  };
  '/api/messages/key-packages/count': { get: Plain<{ left: number; device_id: string }> };
  '/api/blocks': {
    get: Plain<T.Page<T.Block>, Cursor>;
    post: Send<{ profile_id: string }, Answer<201, T.Block>>;
  };
  '/api/blocks/{block_id}': { delete: Act<Nothing, { block_id: string }> };
  '/api/reports': {
    post: Send<
      { profile_id: string; reason: T.ReportReason; text?: string; match_id?: string },
      Answer<201, T.Report>
    >;
  };
  '/api/growth/invite': { get: Plain<T.Invite> };
  '/api/notifications': { get: Plain<T.Notifications, Cursor> };
  '/api/notifications/read': { put: Send<{ up_to: string }, Answer<200, { unread: number }>> };
}
