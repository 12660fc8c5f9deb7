import type { Plugin } from 'vite';

/** `npm run dev` serves the page of parts at /parts. */
export function partsPage(): Plugin {
  return {
    name: 'meydan:parts',
    apply: 'serve',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        request.url = request.url?.replace(/^\/parts(?=$|[?#])/, '/parts.html');
        next();
      });
    },
  };
}
