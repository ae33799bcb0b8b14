<?php
// The test wiki's settings.  This file is copied into each wiki's data folder and finds everything else from there.
if ( !defined( 'MEDIAWIKI' ) ) {
	exit;
}

$wgSitename = 'Wikimop test wiki';
$wgMetaNamespace = 'Project';
$wgServer = isset( $_SERVER['HTTP_HOST'] ) ? "http://{$_SERVER['HTTP_HOST']}" : 'http://127.0.0.1';
$wgScriptPath = '';
$wgArticlePath = '/wiki/$1';
$wgResourceBasePath = '';
$wgUsePathInfo = true;
$wgLanguageCode = 'en';
$wgLocaltimezone = 'UTC';
$wgSecretKey = str_repeat( '0123456789abcdef', 4 );
$wgAuthenticationTokenVersion = '1';
$wgEnableEmail = false;
$wgPingback = false;

// Everything in one SQLite database: whoever judges needs to look in one place only.
$wgDBtype = 'sqlite';
$wgDBname = 'wiki';
$wgDBserver = '';
$wgDBuser = '';
$wgDBpassword = '';
$wgSQLiteDataDir = __DIR__;
$wgJobRunRate = 0;

// APCu belongs to one php-fpm and is emptied by a reset.
$wgMainCacheType = CACHE_ACCEL;
$wgSessionCacheType = CACHE_ACCEL;
$wgParserCacheType = CACHE_DB;
$wgMessageCacheType = CACHE_ACCEL;
$wgUseLocalMessageCache = false;
$wgObjectCaches[CACHE_DB] = [
	'class' => SqlBagOStuff::class,
	'loggroup' => 'SQLBagOStuff',
	'server' => [
		'type' => 'sqlite',
		'dbname' => 'wikicache',
		'tablePrefix' => '',
		'variables' => [ 'synchronous' => 'OFF' ],
		'dbDirectory' => __DIR__,
		'trxMode' => 'IMMEDIATE',
		'flags' => 0,
	],
];
$wgLocalisationCacheConf['store'] = 'array';
$wgLocalisationCacheConf['storeDirectory'] = getenv( 'WIKI_L10N' );
$wgLocalisationCacheConf['manualRecache'] = true;
$wgInvalidateCacheOnLocalSettingsChange = false;
$wgCacheEpoch = '20200101000000';
$wgRCMaxAge = 50 * 365 * 86400;

$wgEnableUploads = true;
$wgUploadDirectory = __DIR__ . '/images';
$wgUploadPath = '/images';
$wgDeletedDirectory = __DIR__ . '/images/deleted';
$wgTmpDirectory = sys_get_temp_dir();
$wgFileExtensions = [ 'png' ];

$wgExtraNamespaces[118] = 'Draft';
$wgExtraNamespaces[119] = 'Draft_talk';
$wgNamespacesWithSubpages[NS_MAIN] = true;
$wgNamespacesWithSubpages[118] = true;
$wgNamespacesWithSubpages[119] = true;

// Everybody is autoconfirmed at once; an ordinary sysop is stopped by a long history, a bureaucrat is not.
$wgAutoConfirmAge = 0;
$wgAutoConfirmCount = 0;
$wgDeleteRevisionsLimit = 50;
$wgGroupPermissions['sysop']['bigdelete'] = false;
$wgGroupPermissions['bureaucrat']['bigdelete'] = true;
$wgGroupPermissions['sysop']['deleterevision'] = true;
$wgGroupPermissions['sysop']['deletelogentry'] = true;
foreach ( [ 'suppressrevision', 'viewsuppressed', 'suppressionlog', 'hideuser' ] as $right ) {
	$wgGroupPermissions['suppress'][$right] = true;
}
foreach ( [ 'sysop', 'bot' ] as $group ) {
	$wgGroupPermissions[$group]['noratelimit'] = true;
}

wfLoadSkin( 'Vector' );

if ( is_file( __DIR__ . '/local.php' ) ) {
	require __DIR__ . '/local.php';
}
