export { Bell, useUnread } from './Bell';
export { notificationsQuery } from './data';
