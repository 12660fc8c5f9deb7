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
  const hasBegun = () => {
    try {
      return Object.keys(sessionStorage).some((key) => key.startsWith('meydan.kept.'));
    } catch {
      return false;
    }
  };
  const theme = read('meydan.theme');
  const night = theme === 'night' || (theme !== 'day' && matchMedia('(prefers-color-scheme: dark)').matches);
  root.dataset.ground = night ? 'night' : 'day';
  if (read('meydan.face') === 'shadow') root.dataset.face = 'shadow';
  const language = read('meydan.language') || (navigator.language || 'tr').slice(0, 2);
  const spoken = language === 'en' ? 'en' : 'tr';
  // A door that the server drew is for a visitor of this community, in this language, who begins; others do not see it.
  const { door } = root.dataset;
  const community = new URLSearchParams(location.search).get('community') || read('meydan.tenant');
  const isOther = root.lang !== spoken || (community && community !== door) || read('meydan.signed_in') || hasBegun();
  if (door && isOther) root.dataset.waiting = '';
  root.lang = spoken;
})();
