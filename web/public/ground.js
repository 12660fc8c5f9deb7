// Runs before the first paint, as its own file because the page allows no inline scripts: the ground (day or night) and the
// language must not flicker while the app loads.
(() => {
  const root = document.documentElement;
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is refused: the system's choice it is
    }
  };
  const theme = read('meydan.theme');
  const night = theme === 'night' || (theme !== 'day' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.ground = night ? 'night' : 'day';
  if (read('meydan.face') === 'shadow') root.dataset.face = 'shadow';
  const language = read('meydan.language') || (navigator.language || 'tr').slice(0, 2);
  root.lang = language === 'en' ? 'en' : 'tr';
})();
