<div id="waiting-news" aria-live="polite">
% if view.waiting:
<section class="card waiting" id="waiting" aria-labelledby="waiting-title">
  <h2 id="waiting-title">{{t("phones.waiting", count=len(view.waiting))}}</h2>
  <p>{{t("phones.waiting.advice")}}</p>
  <ul class="phone-list">
    % for phone in view.waiting:
    <li id="waiting-{{phone.id}}">
      % include("icon.tpl", name="phone")
      <div class="phone-words" id="waiting-words-{{phone.id}}">
        <p class="phone-name" dir="auto">{{phone.name}}</p>
        <p class="muted" title="{{phone.exact}}">{{phone.sentence}}</p>
      </div>
      <div class="phone-actions">
        <form method="post" action="/phones/approve?lang={{translator.language}}" data-live>
          <input type="hidden" name="id" value="{{phone.id}}">
          <input type="hidden" name="back" value="{{back}}">
          <button class="button primary" id="approve-{{phone.id}}" aria-describedby="waiting-words-{{phone.id}}">{{t("action.approve")}}</button>
        </form>
        <form method="post" action="/phones/block?lang={{translator.language}}" data-live>
          <input type="hidden" name="id" value="{{phone.id}}">
          <input type="hidden" name="back" value="{{back}}">
          <button class="button" id="block-{{phone.id}}" aria-describedby="waiting-words-{{phone.id}}">{{t("action.block")}}</button>
        </form>
      </div>
    </li>
    % end
  </ul>
</section>
% end
</div>
