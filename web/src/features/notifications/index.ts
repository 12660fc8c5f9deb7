export { notificationsQuery } from './data';
export { Bell, useUnread } from './top';
