<div class="page-head" id="page-head">
  <p class="back"><a class="button small" href="/?lang={{translator.language}}">{{t("problem.back")}}</a></p>
  <a class="button small primary" href="/add-phone?lang={{translator.language}}">{{t("add_phone.title")}}</a>
</div>
<h1 class="headline" id="phones-title">{{t("phones.title")}}</h1>
% include("waiting.tpl")
% if view.in_use:
<ul class="phone-cards" id="in-use" aria-labelledby="phones-title">
  % for phone in view.in_use:
  % include("phone_card.tpl", phone=phone)
  % end
</ul>
% else:
<p class="card empty" id="no-phones">{{t("phones.none")}}</p>
% end
% if view.ended:
<section id="ended" aria-labelledby="ended-title">
  <h2 id="ended-title">{{t("phones.ended")}}</h2>
  <ul class="phone-cards">
    % for phone in view.ended:
    % include("phone_card.tpl", phone=phone)
    % end
  </ul>
</section>
% end
<section class="card" id="receive">
  <form method="post" action="/phones/scope?lang={{translator.language}}" data-live>
    <fieldset class="options">
      <legend>{{t("receive.title")}}</legend>
      % for choice in view.choices:
      <label><input type="radio" name="scope" value="{{choice.value}}" id="scope-{{choice.value}}" {{!'checked="checked"' if choice.is_chosen else ""}}> <span>{{choice.label}}</span></label>
      % end
    </fieldset>
    <button class="button small" id="save-scope">{{t("action.save")}}</button>
    <span class="hint" id="scope-now" role="status">{{view.chosen}}</span>
    <p class="hint">{{t("receive.hint")}}</p>
  </form>
</section>
