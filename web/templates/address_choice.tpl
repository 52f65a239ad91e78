% if view.addresses:
<details id="addresses">
  <summary>{{t("address.several")}}</summary>
  <p>{{t("address.choose")}}</p>
  <ul class="addresses">
    % for address in view.addresses:
    <li id="address-{{address.ip}}">
      <span class="address-words"><code dir="ltr">{{address.ip}}</code> <span class="muted" dir="auto">{{address.interface}}</span></span>
      % if address.is_chosen:
      <span class="chosen">{{t("address.in_use")}}</span>
      % else:
      <form method="post" action="/address?lang={{translator.language}}" data-live>
        <input type="hidden" name="ip" value="{{address.ip}}">
        <input type="hidden" name="back" value="{{back}}">
        <button class="button small" id="use-{{address.ip}}">{{t("action.use_address", ip=address.ip)}}</button>
      </form>
      % end
    </li>
    % end
  </ul>
</details>
% end
