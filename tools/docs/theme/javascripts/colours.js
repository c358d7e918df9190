// The choice of colours is one for the book, the API reference and the board: where one of them changes it, the others follow. The book
// keeps it as mkdocs-material does, and the board page as `theme`.
(() => {
  const root = document.documentElement;
  const isBook = document.querySelector('[data-md-color-scheme]') !== null;
  const isDark = () => {
    const chosen = localStorage.getItem('theme');
    return chosen === null ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark';
  };
  if (isBook) {
    const inputs = [...document.querySelectorAll('input[name="__palette"]')];
    const wanted = inputs.find((input) => (input.dataset.mdColorScheme === 'slate') === isDark());
    if (localStorage.getItem('theme') !== null && wanted !== undefined && !wanted.checked) wanted.click();
    for (const input of inputs) {
      input.addEventListener('change', () => localStorage.setItem('theme', input.dataset.mdColorScheme === 'slate' ? 'dark' : 'light'));
    }
    return;
  }
  const show = () => {
    root.classList.toggle('dark-mode', isDark());
    root.classList.toggle('light-mode', !isDark());
  };
  show();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
  document.addEventListener('DOMContentLoaded', () => {
    document.getElementById('colours')?.addEventListener('click', () => {
      localStorage.setItem('theme', isDark() ? 'light' : 'dark');
      show();
    });
  });
})();
