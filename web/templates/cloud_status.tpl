<p class="back" id="back"><a class="button small" href="/?lang={{translator.language}}">{{t("problem.back")}}</a></p>
<section id="state" class="state tone-{{view.state.tone}}">
  <div class="state-icon">
    % include("icon.tpl", name=view.state.icon)
  </div>
  <div class="state-words">
    <div role="status" id="cloud-news"><h1 class="headline">{{view.state.headline}}</h1></div>
    % if view.state.sentences:
    <p id="cloud-sentence">{{" ".join(view.state.sentences)}}</p>
    % end
    % if view.state.progress:
    % include("progress.tpl", name="round", progress=view.state.progress)
    % end
  </div>
  <div class="state-actions">
    % include("choices.tpl", choices=view.state.choices)
  </div>
</section>
<section class="card" id="receipt" aria-labelledby="receipt-title">
  <h2 id="receipt-title">{{t("cloud.receipt")}}</h2>
  <dl class="hops">
    % for number, (label, count) in enumerate(view.receipt):
    <div>
      % if number:
      % include("icon.tpl", name="forward")
      % end
      <dt>{{label}}</dt>
      <dd>{{count}}</dd>
    </div>
    % end
  </dl>
  % include("todo.tpl", todo=view.todo)
</section>
<div class="columns even" id="columns">
  <section class="card" id="connection" aria-labelledby="connection-title">
    <h2 id="connection-title">{{t("cloud.connection")}}</h2>
    <dl class="facts">
      <div><dt>{{t("cloud.address")}}</dt><dd><code dir="ltr">{{view.url}}</code></dd></div>
      % include("facts.tpl", facts=view.facts)
      <div>
        <dt>{{t("cloud.clinics")}}</dt>
        <dd id="clinics">
          % for clinic in view.clinics:
          <span class="badge" dir="auto">{{clinic}}</span>
          % end
          % if not view.clinics:
          {{t("cloud.clinics.none")}}
          % end
        </dd>
      </div>
    </dl>
    <div class="card-actions">
      <a class="button" id="change" href="/cloud/connect?lang={{translator.language}}">{{t("action.change_connection")}}</a>
      <a class="button" id="disconnect" href="/cloud/disconnect?lang={{translator.language}}">{{t("action.disconnect")}}</a>
    </div>
  </section>
  <section class="card" id="settings" aria-labelledby="settings-title">
    <h2 id="settings-title">{{t("cloud.settings")}}</h2>
    % for field in view.settings:
    <form method="post" action="{{field.action}}?lang={{translator.language}}" data-live class="number-setting">
      <label for="{{field.name}}">{{field.label}}</label>
      <div class="input">
        <input id="{{field.name}}" name="{{field.name}}" value="{{field.value}}" inputmode="numeric" maxlength="7" required autocomplete="off" aria-describedby="{{field.name}}-now">
        <button class="button small" id="save-{{field.name}}" aria-describedby="{{field.name}}-now">{{t("action.save")}}</button>
      </div>
      <p class="hint" id="{{field.name}}-now" role="status">{{field.now}}</p>
    </form>
    % end
  </section>
</div>
