using Audrey.Core.Xml;
using static Audrey.Core.Xml.ChildShape;

namespace Audrey.Core.Deployables.Oz;

/// <summary>
/// The elements of a template, of Oz and of 2011. What only the maker of images reads (the system, repositories, files, commands) is
/// allowed and passed over.
/// </summary>
internal static class TemplateSchema
{
    public static readonly ElementShape Template = new("template")
    {
        AnyOrder = true,
        Children =
        [
            One("name"), AtMostOne("version"), AtMostOne("os"), AtMostOne("description"), AtMostOne("disk"), AtMostOne("repositories"),
            AtMostOne("packages"), AtMostOne("files"), AtMostOne("commands"), AtMostOne("services"),
        ],
    };

    public static readonly ElementShape Packages = new("packages") { Children = [AnyNumber("package")] };

    public static readonly ElementShape Package = new("package")
    {
        Required = ["name"],
        AnyOrder = true,
        Children = [AtMostOne("repository"), AtMostOne("file"), AtMostOne("arguments")],
    };

    public static readonly ElementShape Services = new("services") { Children = [AtMostOne("puppet")] };

    public static readonly ElementShape Puppet = new("puppet") { Children = [AnyNumber("service")] };

    public static readonly ElementShape Service = new("service")
    {
        Required = ["name"],
        Children = [AnyNumber("class"), AnyNumber("parameter")],
    };

    public static readonly ElementShape Class = new("class") { Optional = ["name"] };

    public static readonly ElementShape Parameter = new("parameter") { Required = ["name"], Optional = ["type", "required", "provided"] };
}
