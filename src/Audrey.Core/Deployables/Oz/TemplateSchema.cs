using Audrey.Core.Xml;
using static Audrey.Core.Xml.ChildShape;

namespace Audrey.Core.Deployables.Oz;

/// <summary>
/// The elements of templates in the format of Oz and in the format of 2011. Some elements (the system, repositories, files, commands) are
/// for the image builder only. These elements are allowed and skipped.
/// </summary>
internal static class TemplateSchema
{
    public static readonly ElementShape Template = new("template")
    {
        AnyOrder = true,
        Children =
        [
            One("name"), ZeroOrOne("version"), ZeroOrOne("os"), ZeroOrOne("description"), ZeroOrOne("disk"), ZeroOrOne("repositories"),
            ZeroOrOne("packages"), ZeroOrOne("files"), ZeroOrOne("commands"), ZeroOrOne("services"),
        ],
    };

    public static readonly ElementShape Packages = new("packages") { Children = [ZeroOrMore("package")] };

    public static readonly ElementShape Package = new("package")
    {
        Required = ["name"],
        AnyOrder = true,
        Children = [ZeroOrOne("repository"), ZeroOrOne("file"), ZeroOrOne("arguments")],
    };

    public static readonly ElementShape Services = new("services") { Children = [ZeroOrOne("puppet")] };

    public static readonly ElementShape Puppet = new("puppet") { Children = [ZeroOrMore("service")] };

    public static readonly ElementShape Service = new("service")
    {
        Required = ["name"],
        Children = [ZeroOrMore("class"), ZeroOrMore("parameter")],
    };

    public static readonly ElementShape Class = new("class") { Optional = ["name"] };

    public static readonly ElementShape Parameter = new("parameter") { Required = ["name"], Optional = ["type", "required", "provided"] };
}
