using MarketingPlatform.Contracts;

namespace MarketingPlatform.Console.Shell;

/// <summary>Addresses of the console's pages.</summary>
internal static class Paths
{
    public const string Overview = "/";
    public const string Root = Routes.Console;
    public const string Customers = Root + "/customers";
    public const string PrivacyRequests = Customers + "/privacy";
    public const string Quality = Customers + "/quality";
    public const string Segments = Root + "/segments";
    public const string SegmentBuilder = Root + "/segment-builder";
    public const string Mail = Root + "/mail";
    public const string Sends = Mail + "/sends";
    public const string Templates = Mail + "/templates";
    public const string MailRoutes = Mail + "/routes";
    public const string Recommendations = Root + "/recommendations";
    public const string Models = Recommendations + "/models";
    public const string Catalogue = Recommendations + "/catalogue";
    public const string Chat = Root + "/chat";
    public const string Campaigns = Root + "/campaigns";
    public const string Automations = Root + "/automations";
    public const string AutomationEditor = Root + "/automation-editor";
    public const string Ads = Root + "/ads";
    public const string Creatives = Ads + "/creatives";
    public const string AdTraffic = Ads + "/traffic";
    public const string AdResponse = Ads + "/response";
    public const string HoldOuts = Ads + "/hold-outs";
    public const string Operations = Root + "/operations";
    public const string Messages = Operations + "/messages";
    public const string Imports = Operations + "/imports";
    public const string Keys = Operations + "/keys";
    public const string Settings = Root + "/settings";
    public const string Users = Root + "/users";
    public const string Audit = Root + "/audit";
    public const string Account = Root + "/account";
    public const string SignIn = Root + "/sign-in";
    public const string SignInProvider = SignIn + "/provider";
    public const string SignInCallback = SignIn + "/callback";
    public const string SignOut = Root + "/sign-out";
    public const string Denied = Root + "/denied";
    public const string Theme = Root + "/theme";
    public const string Tour = Root + "/tour";
    public const string Assets = Root + "/assets";
}
