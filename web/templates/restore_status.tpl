<p class="back" id="back"><a class="button small" href="/?lang={{translator.language}}">{{t("problem.back")}}</a></p>
% if view.choose:
<section class="setup card" id="choose">
  <h1>{{view.title}}</h1>
  <p class="lead">{{view.detail}}</p>
  % if view.choose.problem:
  <div class="problems" role="alert" id="restore-problem">
    % for sentence in view.choose.problem:
    <p>{{sentence}}</p>
    % end
  </div>
  % end
  <form method="post" action="/restore/look?lang={{translator.language}}" data-live novalidate id="look-form" class="backup-choice">
    <fieldset class="options">
      <legend>{{t("restore.which")}}</legend>
      % for number, option in enumerate(view.choose.options):
      <label id="option-{{number}}-label"><input type="radio" name="file" id="option-{{number}}" value="{{option.file}}" {{!"checked" if option.is_chosen else ""}}> <span><strong>{{option.made}}</strong><span class="muted" dir="auto" title="{{option.exact}}">{{option.details}}</span></span></label>
      % end
      % if view.choose.note:
      <p class="hint" id="search-note" role="status">{{view.choose.note}}</p>
      % end
      <label id="other-label"><input type="radio" name="file" id="other-file" value="{{other}}" {{!"checked" if view.choose.is_other else ""}}> <span><strong>{{t("restore.other")}}</strong></span></label>
      <div class="input"><input id="other" name="other" value="{{view.choose.other_file}}" dir="ltr" maxlength="1000" autocomplete="off" autocapitalize="off" spellcheck="false" aria-labelledby="other-label" aria-describedby="other-hint"></div>
      <p class="hint" id="other-hint">{{t("restore.other.hint")}}</p>
    </fieldset>
    % include("field.tpl", name="code", kind="text", value="", direction="ltr", most=100, label=t("restore.code"), hint=t("restore.code.hint"), wrong=view.choose.wrong_code, is_first_wrong=False)
    <div class="answers">
      <button class="button primary" id="look">{{t("restore.look")}}</button>
      <button class="button" id="search" form="search-form">{{t("restore.search_again")}}</button>
    </div>
  </form>
  <form method="post" action="/restore/search?lang={{translator.language}}" data-live id="search-form"></form>
</section>
% elif view.progress:
<section id="state" class="state tone-busy">
  <div class="state-icon">
    % include("icon.tpl", name="busy")
  </div>
  <div class="state-words">
    <div role="status" id="restore-news"><h1 class="headline">{{view.title}}</h1></div>
    <p>{{view.detail}}</p>
    % include("progress.tpl", name="restore", progress=view.progress)
  </div>
  % if view.may_cancel:
  <div class="state-actions">
    <form method="post" action="/restore/cancel?lang={{translator.language}}" data-live>
      <button class="button" id="cancel">{{t("action.cancel")}}</button>
    </form>
  </div>
  % end
</section>
% elif view.ask:
<section class="setup card" id="ask">
  <div role="status" id="ask-news"><h1>{{view.title}}</h1></div>
  <dl class="facts" id="backup-facts">
    % include("facts.tpl", facts=view.ask.facts)
  </dl>
  <h2 id="backup-counts-title">{{t("restore.records")}}</h2>
  <dl class="counts" aria-labelledby="backup-counts-title" id="backup-counts">
    % for label, number in view.ask.counts:
    <div><dt>{{label}}</dt><dd>{{number}}</dd></div>
    % end
  </dl>
  <h2>{{t("restore.effect")}}</h2>
  <ul class="effects" id="effects">
    % for sentence in view.ask.sentences:
    <li>{{sentence}}</li>
    % end
  </ul>
  <div class="answers">
    <form method="post" action="/restore/begin?lang={{translator.language}}" data-live>
      <button class="button danger" id="begin">{{t("restore.begin")}}</button>
    </form>
    <form method="post" action="/restore/cancel?lang={{translator.language}}" data-live>
      <button class="button" id="cancel">{{t("action.cancel")}}</button>
    </form>
  </div>
</section>
% else:
<section id="state" class="state tone-good">
  <div class="state-icon">
    % include("icon.tpl", name="good")
  </div>
  <div class="state-words">
    <div role="status" id="restore-news"><h1 class="headline">{{view.title}}</h1></div>
    % for sentence in view.told.sentences:
    <p>{{sentence}}</p>
    % end
  </div>
</section>
<section class="card" id="late" aria-labelledby="late-title">
  % if view.told.late:
  <h2 id="late-title">{{t("restore.late")}}</h2>
  <p>{{view.told.late_why}}</p>
  <ul class="phone-list">
    % for phone in view.told.late:
    <li>
      % include("icon.tpl", name="phone")
      <div class="phone-words">
        <p class="phone-name" dir="auto">{{phone.name}}</p>
        <p class="muted">{{phone.details}}</p>
      </div>
    </li>
    % end
  </ul>
  % else:
  <h2 id="late-title">{{t("phones.title")}}</h2>
  <p id="late-note">{{view.told.late_note}}</p>
  % end
  <form method="post" action="/restore/dismiss?lang={{translator.language}}" class="answers">
    <button class="button primary" id="dismiss">{{t("restore.dismiss")}}</button>
  </form>
</section>
% end
