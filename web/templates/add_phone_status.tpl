<p class="back" id="back"><a class="button small" href="/?lang={{translator.language}}">{{t("problem.back")}}</a></p>
<section id="state" class="state tone-{{view.tone}}">
  <div class="state-icon">
    % include("icon.tpl", name=view.tone)
  </div>
  <div class="state-words" role="status">
    <h1 class="headline">{{view.headline}}</h1>
    <p>{{view.detail}}</p>
  </div>
  % if view.codes:
  <div class="state-actions unscripted">
    % if view.is_open:
    <form method="post" action="/pairing/close?lang={{translator.language}}">
      <button class="button" id="close-pairing">{{t("pairing.stop")}}</button>
    </form>
    % else:
    <form method="post" action="/pairing/open?lang={{translator.language}}">
      <input type="hidden" name="minutes" value="5">
      <button class="button primary" id="open-pairing">{{t("pairing.let_in")}}</button>
    </form>
    % end
  </div>
  % end
</section>
% if view.codes:
% phone = view.codes
<div class="columns" id="columns">
  <section class="card add-phone" id="add-phone" aria-labelledby="apps-title">
    <h2 id="apps-title">{{t("add_phone.which") if phone.newer_code else t("add_phone.title")}}</h2>
    <div class="apps" id="apps">
      % if phone.newer_code:
      <div class="choice" role="radiogroup" aria-labelledby="apps-title">
        <label><input type="radio" name="app" value="newer" id="app-newer" checked> <span>{{t("add_phone.newer")}}</span></label>
        <label><input type="radio" name="app" value="older" id="app-older"> <span>{{t("add_phone.older")}}</span></label>
      </div>
      <div class="panel newer" id="panel-newer">
        <div class="code" role="img" aria-label="{{t("add_phone.code_label")}}">{{!phone.newer_code}}</div>
        <ol class="steps">
          <li>{{t("add_phone.step_wifi")}}</li>
          <li>{{t("add_phone.step_pair")}}</li>
          <li>{{t("add_phone.step_sign_in")}}</li>
        </ol>
      </div>
      % end
      <div class="panel older" id="panel-older">
        <div class="code" role="img" aria-label="{{t("add_phone.code_label")}}">{{!phone.older_code}}</div>
        % include("address_line.tpl", address=phone.address)
        <ol class="steps">
          <li>{{t("add_phone.step_wifi")}}</li>
          <li>{{t("add_phone.step_scan")}}</li>
          <li>{{t("add_phone.step_sign_in")}}</li>
        </ol>
      </div>
    </div>
    % include("address_choice.tpl")
  </section>
  <div class="column" id="second-column">
  % include("waiting.tpl")
  <section class="card" id="joined" aria-labelledby="joined-title">
    <h2 id="joined-title">{{t("phones.joined.title")}}</h2>
    <div id="joined-news" aria-live="polite">
      % if view.joined:
      <ul class="phone-list">
        % for joined in view.joined:
        <li id="joined-{{joined.id}}">
          % include("icon.tpl", name="phone")
          <div class="phone-words">
            <p class="phone-name" dir="auto">{{joined.name}}</p>
            <p class="muted" title="{{joined.exact}}">{{joined.sentence}}</p>
          </div>
        </li>
        % end
      </ul>
      % else:
      <p class="empty">{{t("phones.joined.none")}}</p>
      % end
    </div>
  </section>
  </div>
</div>
% else:
% include("waiting.tpl")
% end
