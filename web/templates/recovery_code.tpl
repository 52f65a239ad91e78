% rebase("layout.tpl", title=t("recovery.title"), server_name=server_name, here=here)
<section class="setup card" id="recovery-code">
  <h1>{{t("recovery.title")}}</h1>
  % if view.groups:
  <p>{{t("recovery.write_down")}}</p>
  <p class="recovery-code" id="code" dir="ltr">
    % for group in view.groups:
    <span>{{group}}</span>
    % end
  </p>
  <p>{{t("recovery.keep")}}</p>
  % else:
  <p id="code-unknown">{{t("recovery.unknown")}}</p>
  % end
  <p><a class="button primary" id="back" href="/backups?lang={{translator.language}}">{{t("action.done")}}</a></p>
</section>
