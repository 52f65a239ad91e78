% rebase("layout.tpl", title=t("about.title"), server_name=server_name, here=here)
<section class="setup card" id="about">
  <h1>{{t("app.name")}}</h1>
  <p>{{t("data.version", version=view.version)}}</p>
  <p>{{t("about.what")}}</p>
  <p>{{t("about.licence")}}</p>
  <p>{{t("data.folder")}} <code dir="ltr" class="path">{{view.data_folder}}</code></p>
  <p class="answers"><a class="button" id="update-page" href="/update?lang={{translator.language}}">{{t("update.title")}}</a> <a class="button" href="/?lang={{translator.language}}">{{t("problem.back")}}</a></p>
</section>
