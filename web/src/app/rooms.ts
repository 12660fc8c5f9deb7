// Every room of the client, one line each: it says of itself what it has (kit/room.ts).
export * as accounts from '../features/accounts/room';
export * as backoffice from '../features/backoffice/room';
export * as fraud from '../features/fraud/room';
export * as gifts from '../features/gifts/room';
export * as growth from '../features/growth/room';
export * as legal from '../features/legal/room';
export * as meeting from '../features/meeting/room';
export * as messaging from '../features/messaging/room';
export * as moderation from '../features/moderation/room';
export * as notifications from '../features/notifications/room';
export * as payments from '../features/payments/room';
export * as premium from '../features/premium/room';
export * as provider_events from '../features/provider_events/room';
export * as safety from '../features/safety/room';
export * as shop from '../features/shop/room';
export * as tenants from '../features/tenants/room';
export * as wallet from '../features/wallet/room';
