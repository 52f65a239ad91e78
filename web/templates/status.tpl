<section id="state" class="state tone-{{view.state.tone}}">
  <div class="state-icon">
    % include("icon.tpl", name=view.state.icon)
  </div>
  <div class="state-words" role="status">
    <h1 class="headline">{{view.state.headline}}</h1>
    % if view.state.detail:
    <p>{{view.state.detail}}</p>
    % end
  </div>
  % if view.state.buttons:
  <div class="state-actions">
    % for button in view.state.buttons:
    <form method="post" action="{{button.action}}?lang={{translator.language}}" data-live>
      % if button.field:
      <input type="hidden" name="{{button.field}}" value="{{button.value}}">
      % end
      <button id="do{{button.action.replace("/", "-")}}" class="button{{" primary" if button.is_primary else ""}}"
        {{!'aria-describedby="hint-port"' if button.hint else ""}}>{{button.label}}</button>
    </form>
    % end
  </div>
  % for button in view.state.buttons:
  % if button.hint:
  <p class="state-hint" id="hint-port">{{button.hint}}</p>
  % end
  % end
  % end
</section>
% if view.problems:
<section id="problems" class="notices attention" aria-labelledby="problems-title">
  <h2 id="problems-title">{{t("problems.title")}}</h2>
  <ul>
    % for problem in view.problems:
    <li id="problem-{{problem.name}}" class="tone-{{problem.tone}}">
      % include("icon.tpl", name="bad")
      <p><strong>{{problem.headline}}</strong> {{problem.detail}}</p>
      % include("choices.tpl", choices=(problem.choice,), size="small")
    </li>
    % end
  </ul>
</section>
% end
% if view.notices:
<section id="notices" class="notices" aria-labelledby="notices-title">
  <h2 id="notices-title" class="unseen">{{t("notices.title")}}</h2>
  <ul>
    % for notice in view.notices:
    <li id="notice-{{notice.name}}">
      % include("icon.tpl", name="info")
      <p id="notice-{{notice.name}}-text">{{notice.sentence}}</p>
      % if notice.page:
      <a id="about-{{notice.name}}" class="button small" href="{{notice.page[0]}}?lang={{translator.language}}" aria-describedby="notice-{{notice.name}}-text">{{notice.page[1]}}</a>
      % else:
      <form method="post" action="/dismiss?lang={{translator.language}}" data-live>
        <input type="hidden" name="notice" value="{{notice.name}}">
        <button id="dismiss-{{notice.name}}" class="button small" aria-describedby="notice-{{notice.name}}-text">{{t("action.dismiss")}}</button>
      </form>
      % end
    </li>
    % end
  </ul>
</section>
% end
% include("waiting.tpl")
<div class="columns" id="columns">
  <div class="column" id="first-column">
    % include("connect.tpl")
    % include("cloud_card.tpl")
    % include("safety_card.tpl")
  </div>
  <div class="column" id="second-column">
    % include("phones.tpl")
    % include("activity.tpl")
    % include("log.tpl")
    <section class="card" id="counts" aria-labelledby="counts-title">
      <h2 id="counts-title">{{t("counts.title")}}</h2>
      <dl class="counts">
        % for label, number in view.counts:
        <div><dt>{{label}}</dt><dd>{{number}}</dd></div>
        % end
      </dl>
    </section>
  </div>
</div>
<footer class="foot" id="foot">
  <section aria-labelledby="data-title">
    <h2 id="data-title" class="unseen">{{t("data.title")}}</h2>
    <p>{{t("data.folder")}} <code dir="ltr" class="path">{{view.data_folder}}</code></p>
    <p>{{view.version}}</p>
  </section>
  <nav aria-label="{{t("help.title")}}" class="help-links">
    <a id="settings-page" href="/settings?lang={{translator.language}}">{{t("settings.title")}}</a>
    <a id="check-page" href="/check?lang={{translator.language}}">{{t("check.title")}}</a>
    <a id="diagnostics-page" href="/diagnostics?lang={{translator.language}}">{{t("diagnostics.title")}}</a>
    <a id="about-page" href="/about?lang={{translator.language}}">{{t("about.title")}}</a>
  </nav>
</footer>
