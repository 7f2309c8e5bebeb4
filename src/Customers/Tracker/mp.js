// mp.js: what visitors of a shop's pages do, sent to MarketingPlatform.
//
//   <script src="https://marketing.shop.example/mp.js" data-key="COLLECT KEY" async></script>
//
// data-consent="required" on the script: nothing is stored or sent before mp.consent(true).
// data-auto="off": no page views by itself; call mp.page().
//
// On elements:   data-mp-view="ID"     a product that is looked at
//                data-mp-add="ID"      a click puts it into the cart
//                data-mp-remove="ID"   a click takes it out
//                data-mp-cart='{"cart_id": "…", "products": [{"product_id": "…", "quantity": 1, "price": 9.5}]}'
//   with data-mp-name, -price, -quantity, -category, -currency, -url, -image_url, -cart_id on the same element.
//
// In scripts:    mp.track(name, properties)  mp.page(name, properties)  mp.identify(userId, traits)  mp.reset()
//                mp.consent(true | false | {email_marketing: true, ads_audience: false, …})  mp.flush()
//   Before the script is there: (window.mp = window.mp || []).push(['track', name, properties]).
(function (w, d, n) {
  var script = d.currentScript || d.querySelector('script[data-key][src*="mp.js"]'), set = script.dataset;
  var url = new URL('v1/batch', set.api || script.src).href, required = set.consent == 'required';
  var queue = [], timer, gone, mute, waits = 1e3, state = {};

  // What this browser remembers: a = anonymous id, u = user id, c = may collect (1 or 0), p = consents by purpose.
  // Read each time: what the visitor says in one tab counts in all.
  function read() {
    try { if (!mute && localStorage.mp) state = JSON.parse(localStorage.mp) || state } catch (e) { }
  }
  function write() {
    try { localStorage.mp = JSON.stringify(state) } catch (e) { mute = 1 }
  }
  function id() {
    if (w.crypto && crypto.randomUUID) return crypto.randomUUID();
    return 'xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, function () { return (Math.random() * 16 | 0).toString(16) });
  }
  function may() { read(); return state.c === 1 || (state.c !== 0 && !required) }

  // Global Privacy Control says no for whatever the visitor did not allow here in person.
  function consents() {
    var said = state.p || {}, all = {}, k;
    if (n.globalPrivacyControl) all = { ads_audience: false, profiling: false };
    for (k in said) all[k] = said[k];
    for (k in all) return { categoryPreferences: all, source: state.p ? 'mp.js' : 'global-privacy-control' };
  }
  function send(type, fields, silent) {
    if (!may()) return;
    if (!state.a) { state.a = id(); write() }
    var l = w.location, q = new URLSearchParams(l.search), campaign, zone;
    q.forEach(function (v, k) { if (/^utm_/.test(k)) (campaign = campaign || {})[k.slice(4).replace('campaign', 'name')] = v });
    try { zone = Intl.DateTimeFormat().resolvedOptions().timeZone } catch (e) { }
    fields.type = type;
    fields.messageId = id();
    fields.anonymousId = state.a;
    if (state.u) fields.userId = state.u;
    fields.timestamp = new Date().toISOString();
    fields.context = {
      library: { name: 'mp.js' }, channel: 'web', consent: consents(), campaign: campaign, locale: n.language, userAgent: n.userAgent, timezone: zone,
      page: { url: l.href, path: l.pathname, search: l.search, title: d.title, referrer: d.referrer }
    };
    queue.push(fields);
    if (queue.length > 19) flush(); else later(waits);
  }
  function later(ms) { timer = timer || setTimeout(flush, ms) }

  // Batches of at most 20: a beacon carries 64 KB. Message ids make sending again harmless.
  function flush() {
    clearTimeout(timer); timer = 0;
    if (!may()) queue = [];
    while (queue.length) post(queue.splice(0, 20));
  }
  function post(batch) {
    var body = JSON.stringify({ writeKey: set.key, sentAt: new Date().toISOString(), batch: batch });
    if (gone && n.sendBeacon && n.sendBeacon(url, body)) return;
    fetch(url, { method: 'POST', body: body, keepalive: body.length < 6e4, credentials: 'omit' }).then(function (r) {
      if (r.status == 429 || r.status > 499) throw r;
      if (!r.ok) console.warn('mp.js: nothing was stored', r.status);
      waits = 1e3;
    }).catch(function () {
      if (queue.length < 200) queue = batch.concat(queue);
      waits = Math.min(waits * 2, 6e4);
      later(waits);
    });
  }
  function properties(el, name) {
    var p = {}, k, v, a = el.dataset;
    for (k in a) if (/^mp[A-Z]/.test(k)) {
      v = a[k];
      k = k.charAt(2).toLowerCase() + k.slice(3);
      p[k == name ? 'product_id' : k] = /^(price|quantity)$/.test(k) && v !== '' && !isNaN(v) ? +v : v;
    }
    return p;
  }
  function looks() {
    d.querySelectorAll('[data-mp-view],[data-mp-cart]').forEach(function (el) {
      var cart = el.dataset.mpCart, seen = cart || el.dataset.mpView;
      if (el.mpSeen == seen || !may()) return;
      el.mpSeen = seen;
      try { cart ? mp.track('Cart Viewed', JSON.parse(cart)) : mp.track('Product Viewed', properties(el, 'view')) } catch (e) { }
    });
  }
  function view() { if (set.auto != 'off') mp.page(); looks() }

  var waiting = w.mp, mp = w.mp = {
    track: function (name, p) { send('track', { event: name, properties: p || {} }) },
    page: function (name, p) {
      var l = w.location;
      send('page', { name: name || d.title, properties: Object.assign({ url: l.href, path: l.pathname, title: d.title, referrer: d.referrer }, p) });
    },
    identify: function (user, traits) {
      if (may()) { state.u = user || state.u; write() }
      send('identify', { traits: traits || {} });
    },
    consent: function (what) {
      var before = may();
      if (what === false) {
        if (before && state.a) { state.p = { profiling: false, ads_audience: false }; write(); send('identify', { traits: {} }); flush() }
        queue = []; state = { c: 0 }; write();
        return;
      }
      state.c = 1;
      if (what !== true) state.p = Object.assign(state.p || {}, what);
      write();
      if (!before) view();
      if (what !== true) send('identify', { traits: {} });
    },
    reset: function () { flush(); state = { c: state.c }; write() },
    push: function (call) { mp[call[0]].apply(mp, call.slice(1)) },
    flush: flush
  };
  d.addEventListener('click', function (e) {
    var el = e.target.closest && e.target.closest('[data-mp-add],[data-mp-remove]');
    if (!el) return;
    if (el.dataset.mpAdd) mp.track('Product Added', properties(el, 'add'));
    else mp.track('Product Removed', properties(el, 'remove'));
  }, true);
  function leave() { gone = d.visibilityState != 'visible'; if (gone) flush() }
  d.addEventListener('visibilitychange', leave);
  w.addEventListener('pagehide', function () { gone = 1; flush(); gone = 0 });

  // Pages that change their address without loading.
  var push = history.pushState;
  history.pushState = function () { push.apply(history, arguments); setTimeout(view) };
  w.addEventListener('popstate', function () { setTimeout(view) });

  if (waiting && waiting.forEach) waiting.forEach(mp.push);
  if (d.readyState == 'loading') d.addEventListener('DOMContentLoaded', view); else view();
  if (w.MutationObserver) new MutationObserver(looks).observe(d, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-mp-view', 'data-mp-cart'] });
})(window, document, navigator);
