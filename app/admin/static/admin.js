// What pages gain with JavaScript; without it everything works, by buttons and links.

// A switch pauses the parts that refresh themselves; so does a tab that nobody sees.
document.addEventListener('htmx:before:request', (event) => {
  const pause = document.querySelector('[data-pause]');
  if (document.hidden || pause?.getAttribute('aria-pressed') === 'true') event.preventDefault();
});

document.addEventListener('click', async (event) => {
  const button = event.target.closest('button');
  if (button?.dataset.pause !== undefined) {
    const paused = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(paused));
  }
  if (button?.dataset.copy !== undefined) {
    const text = document.getElementById(button.dataset.copy)?.textContent ?? '';
    await navigator.clipboard.writeText(text).catch(() => {});
    button.textContent = 'Copied';
  }
});

// Buttons that need a script are shown by it.
for (const one of document.querySelectorAll('[data-script]')) one.hidden = false;

// What was just done is said once: a reload does not say it again.
const here = new URL(location.href);
if (here.searchParams.delete('said') ?? true) {
  if (here.href !== location.href) history.replaceState(null, '', here);
}

// A form is sent once, however often the button is pressed.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post' || event.defaultPrevented) return;
  if (form.dataset.sent !== undefined) event.preventDefault();
  form.dataset.sent = '';
  window.addEventListener('pageshow', () => delete form.dataset.sent, { once: true });
});
