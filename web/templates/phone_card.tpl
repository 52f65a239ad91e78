<li class="card phone-card" id="phone-{{phone.id}}">
  <div class="phone-head">
    % include("icon.tpl", name="phone")
    <h3 class="phone-name" id="name-{{phone.id}}" dir="auto">{{phone.name}}</h3>
    <span class="status tone-{{phone.tone}}">{{phone.status}}</span>
    % if phone.generation:
    <span class="badge">{{phone.generation}}</span>
    % end
  </div>
  <dl class="facts">
    % include("facts.tpl", facts=phone.facts)
  </dl>
  % if phone.receipt:
  <p class="receipt"><span class="unseen">{{t("receipt.label")}}:</span> {{phone.receipt}}</p>
  % end
  <div class="phone-actions">
    <details id="rename-{{phone.id}}" class="rename">
      <summary class="button small" aria-describedby="name-{{phone.id}}">{{t("action.rename")}}</summary>
      <form method="post" action="/phones/rename?lang={{translator.language}}" data-live data-closes="rename-{{phone.id}}">
        <input type="hidden" name="id" value="{{phone.id}}">
        <label for="new-name-{{phone.id}}">{{t("phones.name")}}</label>
        <div class="input">
          <input id="new-name-{{phone.id}}" name="name" value="{{phone.given_name}}" maxlength="80" dir="auto" autocomplete="off" spellcheck="false">
          <button class="button small">{{t("action.save")}}</button>
        </div>
        <p class="hint">{{t("phones.name.hint")}}</p>
      </form>
    </details>
    % if phone.is_in_use:
    <a class="button small" id="revoke-{{phone.id}}" href="/phones/revoke?lang={{translator.language}}&amp;id={{phone.id}}" aria-describedby="name-{{phone.id}}">{{t("action.revoke")}}</a>
    % else:
    <form method="post" action="/phones/approve?lang={{translator.language}}" data-live>
      <input type="hidden" name="id" value="{{phone.id}}">
      <button class="button small" id="approve-{{phone.id}}" aria-describedby="name-{{phone.id}}">{{t("action.let_in_again")}}</button>
    </form>
    % end
  </div>
</li>
