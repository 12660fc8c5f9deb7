import { RouterProvider } from '@tanstack/react-router';
import { openRooms } from '../kit/room';
import { withQueries } from '../kit/with-queries';
import { startLiving } from './living';
import * as rooms from './rooms';
import { router } from './router';

openRooms(Object.fromEntries(Object.entries(rooms).map(([name, { room }]) => [name, room])));
startLiving();

/** Everything behind the doors: all rooms, the router, and what goes on beside the pages. */
export const Inside = withQueries(() => <RouterProvider router={router} />);
