<section class="card connect" id="connect" aria-labelledby="connect-title">
  <h2 id="connect-title">{{t("address.title")}}</h2>
  % if view.address:
  % include("address_line.tpl", address=view.address)
  <a class="button primary wide" id="add-phone" href="/add-phone?lang={{translator.language}}">{{t("add_phone.title")}}</a>
  % else:
  <div class="code-later" id="code-later">
    % include("icon.tpl", name="phone")
    <p>{{t("add_phone.not_now")}}</p>
  </div>
  % end
  % include("address_choice.tpl")
</section>
