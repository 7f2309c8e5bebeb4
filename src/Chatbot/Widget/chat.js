// chat.js: the chat of MarketingPlatform on a shop's pages.
//
//   <script src="https://marketing.shop.example/chat.js" async></script>
//
// data-token="JWT"       made by the shop's server for a visitor who is signed in there (see docs/integrate.md)
// data-privacy="URL"     where the visitor reads what becomes of the conversation
// data-title="…"         at the head of the chat; default: the shop's name
// data-offline="…"       what is said when nobody answers: no network, or the platform is down
// data-colour="#234"     of the button and of the visitor's own words; needs a contrast of 4.5 to white
// data-language="de"     of the chat's own words (en, de, fr); default: the page's, else the browser's
// data-consent="given"   where the shop's own consent tool has asked already
//
// In scripts: mpChat.open(), mpChat.close(), mpChat.identify(token), mpChat.forget()
(function (w, d) {
  var script = d.currentScript || d.querySelector('script[src*="chat.js"]'), set = script.dataset;
  var door = new URL('chat/', set.api || script.src).href, token = set.token;
  var speaks = (set.language || d.documentElement.lang || navigator.language || '').slice(0, 2).toLowerCase();
  var WORDS = {
    'The chat does not answer right now. Please try again in a moment, or write us an e-mail.': ['Der Chat antwortet gerade nicht. Bitte versuchen Sie es gleich noch einmal, oder schreiben Sie uns eine E-Mail.', 'La discussion ne répond pas pour le moment. Réessayez dans un instant, ou écrivez-nous un e-mail.'],
    'Conversation': ['Gespräch', 'Conversation'],
    'Your message': ['Ihre Nachricht', 'Votre message'],
    'Send': ['Senden', 'Envoyer'],
    'Close the chat': ['Chat schließen', 'Fermer la discussion'],
    'Start the chat': ['Chat beginnen', 'Commencer la discussion'],
    'You will talk to an automatic assistant, and to a person where it cannot help. What you write is kept so that we can answer you.': ['Sie sprechen mit einem automatischen Assistenten, und mit einem Menschen, wo er nicht helfen kann. Was Sie schreiben, wird aufbewahrt, damit wir antworten können.', 'Vous parlerez à un assistant automatique, et à une personne s\'il ne peut pas aider. Ce que vous écrivez est conservé pour que nous puissions vous répondre.'],
    'What becomes of it': ['Was damit geschieht', 'Ce qu\'il en advient'],
    'No, thank you': ['Nein, danke', 'Non, merci'],
    'Connecting …': ['Verbinde …', 'Connexion …'],
    'Our people are not here right now; the assistant is.': ['Gerade ist niemand von uns da; der Assistent schon.', 'Notre équipe n\'est pas là en ce moment ; l\'assistant, si.'],
    'You: ': ['Sie: ', 'Vous : '],
    'Assistant: ': ['Assistent: ', 'Assistant : '],
    'From: ': ['Aus: ', 'Source : '],
    'Answers to choose from': ['Antworten zur Auswahl', 'Réponses au choix'],
    'Try again': ['Noch einmal', 'Réessayer'],
    'The assistant is writing …': ['Der Assistent schreibt …', 'L\'assistant écrit …'],
    'You are waiting for a person.': ['Sie warten auf einen Menschen.', 'Vous attendez une personne.'],
    ' answers you.': [' antwortet Ihnen.', ' vous répond.'],
    'Back to the assistant': ['Zurück zum Assistenten', 'Retour à l\'assistant'],
    'End the chat': ['Chat beenden', 'Terminer la discussion'],
    'How was it?': ['Wie war es?', 'Comment était-ce ?'],
    ' star': [' Stern', ' étoile'],
    ' stars': [' Sterne', ' étoiles'],
    'Thank you for your ': ['Danke für Ihre Bewertung: ', 'Merci pour votre note : ']
  };
  var state = read(), seen = 0, holder = 'bot', busy, following, root, parts = {}, offline = set.offline ||
    t('The chat does not answer right now. Please try again in a moment, or write us an e-mail.');

  // German and French beside the English words that stand in the code.
  function t(words) { var other = WORDS[words]; return other && (speaks == 'de' ? other[0] : speaks == 'fr' ? other[1] : 0) || words }

  // The only thing that is kept in the browser is the secret of the conversation, and only after the visitor agreed.
  function read() { try { return JSON.parse(localStorage.mpChat) || {} } catch (e) { return {} } }
  function write() { try { localStorage.mpChat = JSON.stringify(state) } catch (e) { } }

  function call(path, body) {
    return fetch(door + path, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), credentials: 'omit'
    });
  }

  // Server-sent events of a POST: EventSource can only GET, and a secret does not belong into an address.
  function events(response, each) {
    var reader = response.body.getReader(), decoder = new TextDecoder(), rest = '';
    return reader.read().then(function next(chunk) {
      if (chunk.done) return;
      rest += decoder.decode(chunk.value, { stream: true });
      var blocks = rest.split(/\r?\n\r?\n/);
      rest = blocks.pop();
      blocks.forEach(function (block) {
        var name = 'message', data = [];
        block.split(/\r?\n/).forEach(function (line) {
          if (/^event:/.test(line)) name = line.slice(6).trim();
          if (/^data:/.test(line)) data.push(line.slice(5));
        });
        if (data.length) each(name, JSON.parse(data.join('\n')));
      });
      return reader.read().then(next);
    });
  }

  function el(tag, attributes, children) {
    var node = d.createElement(tag), k;
    for (k in attributes) if (k == 'text') node.textContent = attributes[k]; else if (k == 'on') node.addEventListener('click', attributes[k]); else node.setAttribute(k, attributes[k]);
    (children || []).forEach(function (child) { if (child) node.appendChild(child) });
    return node;
  }

  // Nothing that comes over the network is ever read as HTML; an address must be one of the web.
  function link(text, url) {
    return /^https?:\/\//i.test(url || '') ? el('a', { href: url, target: '_blank', rel: 'noopener', text: text }) : el('span', { text: text });
  }

  function build() {
    if (root) return;
    var host = el('div', { id: 'mp-chat', lang: /^(de|fr)$/.test(speaks) ? speaks : 'en' });
    root = host.attachShadow({ mode: 'open' });
    // A sheet that is constructed passes any policy of the page; a style element might not.
    var sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE.replace(/COLOUR/g, /^#[0-9a-f]{3,8}$/i.test(set.colour || '') ? set.colour : '#2f3a8f'));
    root.adoptedStyleSheets = [sheet];
    parts.open = el('button', { type: 'button', 'class': 'launch', 'aria-expanded': 'false', 'aria-controls': 'panel', text: 'Chat', on: toggle });
    parts.log = el('div', { 'class': 'log', role: 'log', 'aria-live': 'polite', 'aria-label': t('Conversation'), tabindex: '0' });
    parts.status = el('p', { 'class': 'status', role: 'status' });
    parts.text = el('textarea', { id: 'say', rows: '2', maxlength: '4000', placeholder: t('Your message'), enterkeyhint: 'send' });
    parts.send = el('button', { type: 'submit', text: t('Send') });
    parts.form = el('form', {}, [el('label', { 'for': 'say', 'class': 'hidden', text: t('Your message') }), parts.text, parts.send]);
    parts.foot = el('div', { 'class': 'foot' });
    parts.body = el('div', { 'class': 'body' });
    parts.title = el('h2', { id: 'title', text: set.title || 'Chat' });
    parts.panel = el('section', { id: 'panel', role: 'dialog', 'aria-labelledby': 'title', hidden: '' }, [
      el('header', {}, [parts.title, el('button', { type: 'button', 'class': 'plain', 'aria-label': t('Close the chat'), text: '×', on: close })]),
      parts.body
    ]);
    root.appendChild(parts.panel);
    root.appendChild(parts.open);
    parts.form.addEventListener('submit', function (e) { e.preventDefault(); say(parts.text.value) });
    parts.text.addEventListener('keydown', function (e) {
      if (e.key == 'Enter' && !e.shiftKey && !e.isComposing) { e.preventDefault(); say(parts.text.value) }
    });
    parts.panel.addEventListener('keydown', function (e) { if (e.key == 'Escape') close() });
    d.body.appendChild(host);
  }

  function toggle() { parts.panel.hidden ? open() : close() }
  function open() {
    build();
    parts.panel.hidden = false;
    parts.open.setAttribute('aria-expanded', 'true');
    if (state.visit) begin(); else if (set.consent == 'given') agree(); else ask();
  }
  function close() {
    parts.panel.hidden = true;
    parts.open.setAttribute('aria-expanded', 'false');
    parts.open.focus();
  }

  function ask() {
    var yes = el('button', { type: 'button', 'class': 'go', text: t('Start the chat'), on: agree });
    parts.body.replaceChildren(el('div', { 'class': 'consent' }, [
      el('p', { text: t('You will talk to an automatic assistant, and to a person where it cannot help. What you write is kept so that we can answer you.') }),
      set.privacy ? el('p', {}, [link(t('What becomes of it'), new URL(set.privacy, d.baseURI).href)]) : null,
      yes, el('button', { type: 'button', 'class': 'second', text: t('No, thank you'), on: close })
    ]));
    yes.focus();
  }
  function agree() { state.agreed = 1; begin() }

  // Begins a conversation, or shows again the one whose secret is here.
  function begin() {
    if (busy || parts.form.isConnected) { parts.text.focus(); return }
    parts.body.replaceChildren(parts.log, parts.status, parts.form, parts.foot);
    parts.text.focus();
    busy = 1;
    status(t('Connecting …'));
    call('visits', { visit: state.visit, consent: true, visitorToken: token, language: speaks }).then(function (r) {
      if (r.status == 404 && state.visit) { state = {}; busy = 0; parts.form.remove(); ask(); return }
      if (!r.ok) throw r;
      return r.json().then(function (visit) {
        state = { visit: visit.visit };
        write();
        if (!set.title) parts.title.textContent = visit.shop;
        parts.log.replaceChildren();
        line('bot', visit.greeting, { choices: visit.messages.length ? null : visit.choices });
        visit.messages.forEach(function (m) { shown(m) });
        busy = 0;
        status(visit.peopleAreThere ? '' : t('Our people are not here right now; the assistant is.'));
        held(visit.holder, visit.agent);
        foot(visit.rating);
      });
    }).catch(function (r) { fail(r, function () { parts.form.remove(); begin() }) });
  }

  function shown(m) { seen = Math.max(seen, m.id || 0); line(m.who, m.text, m) }
  function line(who, text, more) {
    more = more || {};
    var words = el('p', { 'class': 'words', dir: 'auto', text: text });
    var item = el('div', { 'class': 'line ' + who }, [
      el('span', { 'class': who == 'agent' ? 'name' : 'hidden', text: who == 'visitor' ? t('You: ') : who == 'agent' ? more.agent + ':' : t('Assistant: ') }), words
    ]);
    extras(item, more);
    parts.log.appendChild(item);
    parts.log.scrollTop = parts.log.scrollHeight;
    return { item: item, words: words };
  }
  function extras(item, more) {
    var old = root.querySelector('.choices');
    if (more.products && more.products.length) item.appendChild(el('ul', {}, more.products.map(function (p) { return el('li', {}, [link(p.name, p.url)]) })));
    if (more.articles && more.articles.length) item.appendChild(el('p', { 'class': 'source' }, [el('span', { text: t('From: ') })].concat(
      more.articles.map(function (a) { return link(a.title, a.url) }))));
    if (old) old.remove();
    if (more.choices && more.choices.length) item.appendChild(el('div', { 'class': 'choices', role: 'group', 'aria-label': t('Answers to choose from') },
      more.choices.map(function (c) { return el('button', { type: 'button', text: c, on: function () { say(c) } }) })));
  }
  function status(text, again) {
    parts.status.textContent = text;
    if (again) parts.status.appendChild(el('button', { type: 'button', 'class': 'plain', text: t('Try again'), on: again }));
  }

  // A problem of ours says what to do; silence means that nobody is there.
  function fail(r, again) {
    busy = 0;
    if (!r || !r.status) return status(offline + ' ', again);
    r.json().then(function (p) {
      var why = p.errors ? Object.values(p.errors)[0][0] : p.detail;
      status(r.status > 499 && r.status != 503 ? offline + ' ' : why + ' ', again);
    }, function () { status(offline + ' ', again) });
  }

  function say(text) {
    text = text.trim();
    if (!text || busy) return;
    busy = 1;
    parts.text.value = '';
    var mine = line('visitor', text), answer;
    status(holder == 'bot' ? t('The assistant is writing …') : '');
    call('messages', { visit: state.visit, text: text }).then(function (r) {
      if (!r.ok) throw r;
      return events(r, function (name, data) {
        if (name == 'part') {
          answer = answer || line('bot', '');
          answer.words.textContent += data.text;
        } else if (name == 'done') {
          seen = Math.max(seen, data.id || 0);
          if (answer) extras(answer.item, data);
          if (data.held && holder == 'bot') held('waiting');
        }
        parts.log.scrollTop = parts.log.scrollHeight;
      });
    }).then(function () { busy = 0; if (holder == 'bot') status(''); foot() }).catch(function (r) {
      // What was not taken is not lost.
      mine.item.remove();
      parts.text.value = text;
      if (r && r.status == 404) { state = {}; write(); parts.form.remove(); busy = 0; return ask() }
      fail(r, function () { say(parts.text.value) });
    });
  }

  // While people have the conversation their words are listened for.
  function held(who, agent) {
    holder = who;
    if (who == 'waiting') status(t('You are waiting for a person.'));
    else if (who == 'agent') status(agent + t(' answers you.'));
    else status('');
    foot();
    if (who != 'bot') follow();
  }
  function follow() {
    if (following) return;
    following = 1;
    call('follow', { visit: state.visit, after: seen }).then(function (r) {
      if (!r.ok) throw r;
      return events(r, function (name, data) {
        if (name == 'message') shown(data); else if (data.holder != holder || data.agent) held(data.holder, data.agent);
      });
    }).catch(function () { }).then(function () {
      following = 0;
      if (holder != 'bot' && state.visit) setTimeout(follow, 2e3);
    });
  }

  function foot(rating) {
    if (rating) state.rated = 1;
    var tools = [];
    if (holder != 'bot') tools.push(el('button', { type: 'button', 'class': 'plain', text: t('Back to the assistant'), on: function () { call('bot', { visit: state.visit }) } }));
    else if (!state.rated && root.querySelector('.visitor')) tools.push(stars());
    tools.push(el('button', { type: 'button', 'class': 'plain', text: t('End the chat'), on: forget }));
    parts.foot.replaceChildren.apply(parts.foot, tools);
  }
  function stars() {
    var group = el('span', { role: 'group', 'aria-label': t('How was it?'), 'class': 'stars' }, [el('span', { text: t('How was it?') })]);
    [1, 2, 3, 4, 5].forEach(function (n) {
      group.appendChild(el('button', {
        type: 'button', 'class': 'plain', 'aria-label': n + t(n > 1 ? ' stars' : ' star'), text: '★', on: function () {
          call('rating', { visit: state.visit, stars: n }).then(function (r) {
            if (!r.ok) throw r;
            state.rated = 1;
            foot();
            status(t('Thank you for your ') + n + t(n > 1 ? ' stars' : ' star') + '.');
          }).catch(fail);
        }
      }));
    });
    return group;
  }
  function forget() {
    state = {};
    seen = 0;
    holder = 'bot';
    try { localStorage.removeItem('mpChat') } catch (e) { }
    parts.form.remove();
    close();
  }

  var STYLE = `
:host{all:initial;position:fixed;right:1rem;bottom:1rem;z-index:2147483000;font:16px/1.45 system-ui,sans-serif;color:#1b1d2b}
*{box-sizing:border-box;font:inherit;color:inherit}
[hidden]{display:none!important}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
button{cursor:pointer;border-radius:8px;border:1px solid #c3c6d6;background:#fff;padding:.4rem .8rem}
.launch,.go,form button{background:COLOUR;color:#fff;border-color:COLOUR}
.launch{border-radius:2rem;padding:.7rem 1.4rem;float:right;box-shadow:0 2px 10px #0004}
.plain{border:0;background:none;padding:.2rem .4rem;text-decoration:underline}
:focus-visible{outline:3px solid #f0a020;outline-offset:2px}
section{position:absolute;right:0;bottom:3.6rem;width:min(23rem,calc(100vw - 2rem));height:min(34rem,calc(100vh - 6rem));background:#fff;border:1px solid #c3c6d6;border-radius:14px;box-shadow:0 6px 30px #0005;display:flex;flex-direction:column;overflow:hidden}
header{display:flex;justify-content:space-between;align-items:center;padding:.5rem .6rem .5rem 1rem;border-bottom:1px solid #e3e5ee}
header .plain{font-size:1.4rem;text-decoration:none;line-height:1}
h2{margin:0;font-weight:600}
.body{flex:1;min-height:0;display:flex;flex-direction:column}
.log{flex:1;overflow-y:auto;padding:.8rem}
.line{margin:0 0 .7rem;max-width:88%}
.words{margin:0;padding:.5rem .8rem;border-radius:12px;background:#eff0f6;white-space:pre-wrap;overflow-wrap:anywhere}
.visitor{margin-left:auto}
.visitor .words{background:COLOUR;color:#fff}
.agent .words{background:#e2f3e7}
.name,.source{font-size:.85rem;margin:.2rem .3rem}
ul{margin:.3rem 0;padding-left:1.4rem}
a{color:#2337a5;text-decoration:underline}
.choices{display:flex;flex-wrap:wrap;gap:.4rem;margin-top:.4rem}
.status{margin:0;padding:0 .9rem .3rem;min-height:1.6rem;font-size:.85rem;color:#4a4d63}
form{display:flex;gap:.5rem;padding:.5rem .8rem;border-top:1px solid #e3e5ee}
textarea{flex:1;resize:none;border:1px solid #767a92;border-radius:8px;padding:.4rem .6rem;background:#fff}
.foot{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:center;padding:0 .6rem .5rem;font-size:.85rem}
.stars .plain{text-decoration:none;font-size:1.1rem;min-width:24px;min-height:24px;color:#7a5200}
.consent{padding:1rem}
.consent button{margin:.3rem .5rem 0 0}
@media (prefers-color-scheme:dark){
:host{color:#eceef8}
section,button,textarea{background:#191b2a}
.launch,.go,form button{background:COLOUR}
.plain{background:none}
button,section,textarea{border-color:#565a75}
.words{background:#2a2d42}
.agent .words{background:#1d4630}
.status{color:#b9bdd6}
a{color:#aab6ff}
.stars .plain{color:#f2c14e}
header,form{border-color:#33364d}
}
@media (max-width:30rem){section{position:fixed;inset:0;width:auto;height:auto;border-radius:0}}`;

  w.mpChat = {
    open: open,
    close: function () { if (root) close() },
    identify: function (jwt) { token = jwt; if (root && parts.form.isConnected) { parts.form.remove(); begin() } },
    forget: function () { build(); forget() }
  };
  if (d.body) build(); else d.addEventListener('DOMContentLoaded', build);
})(window, document);
