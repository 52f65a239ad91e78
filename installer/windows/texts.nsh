; Everything the installer says beside what NSIS says itself.

LangString Stopping ${LANG_ENGLISH} "Stopping the server, if it is running"
LangString Stopping ${LANG_ARABIC} "إيقاف الخادم إن كان يعمل"
LangString Stopping ${LANG_SPANISH} "Deteniendo el servidor, si está en marcha"

LangString CannotWrite ${LANG_ENGLISH} "A file could not be written. Restart the computer and run this installer again."
LangString CannotWrite ${LANG_ARABIC} "تعذّرت كتابة أحد الملفات. أعد تشغيل الحاسوب ثم شغّل برنامج التثبيت هذا مرة أخرى."
LangString CannotWrite ${LANG_SPANISH} "No se pudo escribir un archivo. Reinicie el ordenador y ejecute este instalador otra vez."

LangString NewerInstalled ${LANG_ENGLISH} "A newer version ($Installed) is installed. Nothing was changed."
LangString NewerInstalled ${LANG_ARABIC} "هناك إصدار أحدث مثبّت ($Installed). لم يتغيّر شيء."
LangString NewerInstalled ${LANG_SPANISH} "Hay instalada una versión más reciente ($Installed). No se cambió nada."

LangString ProgramHelp ${LANG_ENGLISH} "The server and its window. Phones on the clinic's own network can reach it."
LangString ProgramHelp ${LANG_ARABIC} "الخادم ونافذته. تستطيع الهواتف على شبكة العيادة الوصول إليه."
LangString ProgramHelp ${LANG_SPANISH} "El servidor y su ventana. Los teléfonos de la red de la clínica pueden conectarse."

LangString AtLogin ${LANG_ENGLISH} "Open when signing in"
LangString AtLogin ${LANG_ARABIC} "الفتح عند تسجيل الدخول"
LangString AtLogin ${LANG_SPANISH} "Abrir al iniciar sesión"

LangString AtLoginHelp ${LANG_ENGLISH} "After a restart phones can sync as soon as somebody signs in with the Windows account that holds the records."
LangString AtLoginHelp ${LANG_ARABIC} "بعد إعادة التشغيل تستطيع الهواتف المزامنة حالما يسجّل أحد الدخول بحساب ويندوز الذي يحتفظ بالسجلّات."
LangString AtLoginHelp ${LANG_SPANISH} "Tras un reinicio, los teléfonos pueden sincronizar en cuanto alguien inicie sesión con la cuenta de Windows que guarda los registros."

LangString PublicNetworks ${LANG_ENGLISH} "Also on public networks"
LangString PublicNetworks ${LANG_ARABIC} "على الشبكات العامة أيضًا"
LangString PublicNetworks ${LANG_SPANISH} "También en redes públicas"

LangString PublicNetworksHelp ${LANG_ENGLISH} "Choose this only if Windows calls the clinic's own wifi a public network and this cannot be changed."
LangString PublicNetworksHelp ${LANG_ARABIC} "اختر هذا فقط إذا كان ويندوز يعدّ شبكة العيادة شبكة عامة ولا يمكن تغيير ذلك."
LangString PublicNetworksHelp ${LANG_SPANISH} "Elija esto solo si Windows considera pública la red wifi de la clínica y no se puede cambiar."

LangString InstallingWebView ${LANG_ENGLISH} "Installing Microsoft WebView2, which draws the window"
LangString InstallingWebView ${LANG_ARABIC} "تثبيت Microsoft WebView2 الذي يرسم النافذة"
LangString InstallingWebView ${LANG_SPANISH} "Instalando Microsoft WebView2, que dibuja la ventana"

LangString NoWebView ${LANG_ENGLISH} "Microsoft WebView2 is missing: the pages will open in the browser"
LangString NoWebView ${LANG_ARABIC} "Microsoft WebView2 غير موجود: ستُفتح الصفحات في المتصفح"
LangString NoWebView ${LANG_SPANISH} "Falta Microsoft WebView2: las páginas se abrirán en el navegador"

LangString Checking ${LANG_ENGLISH} "Checking that everything works"
LangString Checking ${LANG_ARABIC} "التحقق من أن كل شيء يعمل"
LangString Checking ${LANG_SPANISH} "Comprobando que todo funciona"

LangString SelfTestFailed ${LANG_ENGLISH} "The program is installed, but a check failed. Antivirus software may have taken a file away. Send the file setup.log in the program's folder to support."
LangString SelfTestFailed ${LANG_ARABIC} "ثُبّت البرنامج لكن أحد الفحوص لم ينجح. ربما أزال مضاد الفيروسات ملفًا. أرسل الملف setup.log الموجود في مجلد البرنامج إلى الدعم."
LangString SelfTestFailed ${LANG_SPANISH} "El programa está instalado, pero una comprobación falló. Puede que el antivirus haya quitado un archivo. Envíe a soporte el archivo setup.log de la carpeta del programa."

LangString RecordsStay ${LANG_ENGLISH} "Removes the program. The records of the clinic stay on this computer."
LangString RecordsStay ${LANG_ARABIC} "يزيل البرنامج. تبقى سجلّات العيادة على هذا الحاسوب."
LangString RecordsStay ${LANG_SPANISH} "Quita el programa. Los registros de la clínica se quedan en este ordenador."

LangString DeleteRecords ${LANG_ENGLISH} "Delete the records, too"
LangString DeleteRecords ${LANG_ARABIC} "حذف السجلّات أيضًا"
LangString DeleteRecords ${LANG_SPANISH} "Borrar también los registros"

LangString DeleteRecordsHelp ${LANG_ENGLISH} "Deletes the records of every account of this computer. What no phone and no cloud has is lost for good."
LangString DeleteRecordsHelp ${LANG_ARABIC} "يحذف السجلّات من كل حسابات هذا الحاسوب. ما لا يوجد على هاتف ولا في السحابة يضيع نهائيًا."
LangString DeleteRecordsHelp ${LANG_SPANISH} "Borra los registros de todas las cuentas de este ordenador. Lo que no esté en ningún teléfono ni en la nube se perderá para siempre."
