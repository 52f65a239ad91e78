<p class="address" id="address">
  <span class="unseen">{{t("address.title")}}</span>
  <code dir="ltr" id="phone-address">{{address}}</code>
  <button type="button" class="button small copy" id="copy-address" data-copy="phone-address"
    data-copied="{{t("action.copied")}}">{{t("action.copy")}}</button>
</p>
