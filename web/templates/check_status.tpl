<p class="back" id="back"><a class="button small" href="/?lang={{translator.language}}">{{t("problem.back")}}</a></p>
<section id="state" class="state tone-{{view.tone}}">
  <div class="state-icon">
    % include("icon.tpl", name=view.icon)
  </div>
  <div class="state-words" role="status">
    <h1 class="headline">{{view.headline}}</h1>
    % if view.detail:
    <p id="check-when">{{view.detail}}</p>
    % end
  </div>
  % if not view.is_running:
  <div class="state-actions">
    <form method="post" action="/check/run?lang={{translator.language}}" data-live>
      <button class="button primary" id="run-checks">{{t("check.run")}}</button>
    </form>
  </div>
  % end
</section>
<div class="columns" id="columns">
  <section class="card" id="proof" aria-labelledby="proof-title">
    <h2 id="proof-title">{{t("check.proof.title")}}</h2>
    % if view.proof.code:
    <p>{{t("check.proof.how")}}</p>
    <div class="code" role="img" aria-label="{{t("add_phone.code_label")}}">{{!view.proof.code}}</div>
    % include("address_line.tpl", address=view.proof.address)
    % end
    <p id="proof-news" role="status" class="{{"proven" if view.proof.has_come else "muted"}}">
      % if view.proof.has_come:
      % include("icon.tpl", name="good")
      % end
      {{view.proof.sentence}}
    </p>
  </section>
  <div class="column" id="second-column">
    % for group in view.groups:
    <section class="card" id="area-{{group.area}}" aria-labelledby="area-{{group.area}}-title">
      <h2 id="area-{{group.area}}-title">{{group.title}}</h2>
      <ul class="checks">
        % for row in group.rows:
        <li id="check-{{row.name}}" class="tone-{{row.tone}}">
          <span class="state-icon tiny">
            % include("icon.tpl", name=row.icon)
          </span>
          <div class="check-words">
            <h3>{{row.title}} <span class="status">{{row.verdict}}</span></h3>
            <p id="check-{{row.name}}-text">{{row.sentence}}</p>
            % if row.help:
            <details class="help">
              <summary>{{t("check.help")}}</summary>
              <p>{{row.help}}</p>
            </details>
            % end
          </div>
          % if row.form:
          <form method="post" action="/check/cure?lang={{translator.language}}" data-live>
            <input type="hidden" name="cure" value="{{row.form.cure}}">
            <input type="hidden" name="value" value="{{row.form.value}}">
            <button class="button small" id="cure-{{row.name}}" aria-describedby="check-{{row.name}}-text">{{row.form.label}}</button>
          </form>
          % elif row.link:
          <a class="button small" id="cure-{{row.name}}" href="{{row.link[0]}}?lang={{translator.language}}">{{row.link[1]}}</a>
          % end
        </li>
        % end
      </ul>
    </section>
    % end
  </div>
</div>
